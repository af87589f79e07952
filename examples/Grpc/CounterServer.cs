using System.Net;
using System.Security.Cryptography.X509Certificates;
using S2nTls;
using S2nTls.AspNetCore;

namespace Examples;

/// <summary>A gRPC server whose TLS is s2n's.</summary>
internal sealed class CounterServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private CounterServer(WebApplication application)
    {
        _application = application;
    }

    /// <summary>Where it listens, under the name that its certificate has.</summary>
    public Uri Url => new($"https://localhost:{new Uri(_application.Urls.First()).Port}/");

    public static async Task<CounterServer> StartAsync(int port, X509Certificate2 certificate, S2nSecurityPolicy policy, CancellationToken stop)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddGrpc();
        #region snippet grpc-server
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseS2n(certificate, https => https.Tls.SecurityPolicy = policy)));

        WebApplication application = builder.Build();
        application.MapGrpcService<CounterService>();
        #endregion
        await application.StartAsync(stop);
        return new CounterServer(application);
    }

    public Task WaitForStopAsync(CancellationToken stop) => _application.WaitForShutdownAsync(stop);

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
