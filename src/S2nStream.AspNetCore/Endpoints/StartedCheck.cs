using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using S2nTls.AspNetCore.Configuration;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>Compares what the server has bound with what uses s2n. An exception here stops the host from starting.</summary>
internal sealed class StartedCheck(EndpointRegister register, IServer server, IServiceProvider services) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!register.IsOfKestrel)
        {
            return Task.CompletedTask;
        }

        ICollection<string> addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        Refusal.ThrowIfAny(register.OnSslStream(addresses));
        if (addresses.Count > 0 && !register.HasSeenEndpoints)
        {
            throw new InvalidOperationException(
                $"UseS2n cannot make sure that all https endpoints use s2n-tls: {nameof(KestrelServerOptions)}.{nameof(KestrelServerOptions.ConfigureEndpointDefaults)}, "
                + "which it needs itself, has been called elsewhere. Pass that action to UseS2n(configureEndpoints: …) instead.");
        }

        register.Forget();
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A stand-alone web host has no such lifecycle, and has already bound its server.</summary>
    public Task StartAsync(CancellationToken cancellationToken) =>
        services.GetService<IHost>() is null ? StartedAsync(cancellationToken) : Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
