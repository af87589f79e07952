using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using S2nTls.AspNetCore;
using S2nTls.AspNetCore.Endpoints;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>https through s2n-tls for a whole application.</summary>
public static class S2nWebHostBuilderExtensions
{
    /// <summary>
    /// Puts every https endpoint that comes from URLs or from the configuration (<c>Kestrel:Endpoints</c>) on s2n-tls. An https endpoint that
    /// would stay on SslStream, because code has called <c>UseHttps</c> on it, ends the server's start with an exception that names it.
    /// </summary>
    /// <remarks>
    /// What is set for all https endpoints of Kestrel applies. Beyond that an endpoint of the configuration can have a section <c>S2n</c>, and
    /// <c>Kestrel:EndpointDefaults:S2n</c> is for all of them and for URLs; <c>docs/aspnetcore.md</c> lists the settings. Endpoints that
    /// appear while the server runs are put on s2n too. HTTP/3 is refused.
    /// </remarks>
    /// <param name="builder">The host's builder, of a server that is Kestrel; where it is another, as in tests, nothing is done.</param>
    /// <param name="configureHttps">Sets options of each of these endpoints. The configuration of an endpoint goes before it.</param>
    /// <param name="configureEndpoints">
    /// Configures each endpoint of the server, http too: in the place of <see cref="KestrelServerOptions.ConfigureEndpointDefaults"/>, which
    /// keeps only one action, and that is needed here.
    /// </param>
    /// <exception cref="InvalidOperationException">It has been called before.</exception>
    public static IWebHostBuilder UseS2n(
        this IWebHostBuilder builder, Action<S2nHttpsOptions>? configureHttps = null, Action<ListenOptions>? configureEndpoints = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseKestrelHttpsConfiguration().ConfigureServices(services =>
        {
            if (services.Any(service => service.ServiceType == typeof(EndpointRegister)))
            {
                throw new InvalidOperationException("UseS2n has been called for the application already. Call it once, with all that is to be set.");
            }

            var register = new EndpointRegister(configureHttps, configureEndpoints);
            AddBetweenOthers(services, register);
            services.AddSingleton(register);
            services.AddSingleton<IStartupFilter, StartingCheck>();
            services.AddHostedService<StartedCheck>();
        });
    }

    /// <summary>
    /// Before all others, and after each: so it has its say as soon as Kestrel has its configuration, and whatever the application itself
    /// sets stays, to be judged when the server starts.
    /// </summary>
    private static void AddBetweenOthers(IServiceCollection services, EndpointRegister register)
    {
        var own = ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>>(register);
        for (int i = services.Count - 1; i >= 0; i--)
        {
            if (services[i].ServiceType == own.ServiceType)
            {
                services.Insert(i + 1, own);
            }
        }

        services.Insert(0, own);
    }
}
