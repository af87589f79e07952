using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace S2nTls.Elsewhere;

/// <summary>
/// Gets a URL twice, and trusts root.pem alone. Settings: <c>fallback</c>; <c>connected</c>; <c>anyone</c> trusts the system's roots; <c>tls</c> gives an
/// SslStream to connect with; <c>factory</c> for a client of IHttpClientFactory; <c>silent</c> for one without a log.
/// </summary>
internal static class Getting
{
    internal static async Task<int> RunAsync(Uri url, string[] settings)
    {
        using ILoggerFactory loggers = LoggerFactory.Create(static logging => logging.AddProvider(new ConsoleLines()));
        try
        {
            if (settings.Contains("factory"))
            {
                var services = new ServiceCollection();
                services.AddLogging(static logging => logging.AddProvider(new ConsoleLines()));
                services.AddHttpClient("one").UseS2n((handler, _) => Apply(settings, handler));
                await using ServiceProvider provider = services.BuildServiceProvider();
                await GetAsync(provider.GetRequiredService<IHttpClientFactory>().CreateClient("one"), url);
            }
            else
            {
                using var handler = new S2nHttpHandler { LoggerFactory = settings.Contains("silent") ? null : loggers };
                Apply(settings, handler);
                using var client = new HttpClient(handler);
                await GetAsync(client, url);
            }

            return 0;
        }
        catch (Exception e)
        {
            for (Exception? one = e; one is not null; one = one.InnerException)
            {
                Console.WriteLine($"Failed: {one.GetType().Name}: {one.Message.ReplaceLineEndings(" ")}");
            }

            return 1;
        }
    }

    private static async Task GetAsync(HttpClient client, Uri url)
    {
        client.DefaultRequestVersion = new Version(2, 0);
        Console.WriteLine(await client.GetStringAsync(url));
        Console.WriteLine(await client.GetStringAsync(url));
    }

    private static void Apply(string[] settings, S2nHttpHandler handler)
    {
        handler.UseProxy = false;
        handler.UseSslStreamIfNotSupported = settings.Contains("fallback");
        if (!settings.Contains("anyone"))
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile("root.pem");
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        if (settings.Contains("connected"))
        {
            handler.Connected = static (_, _) => Console.WriteLine("Connected by s2n");
        }

        if (settings.Contains("tls"))
        {
            handler.ConnectCallback = static async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                var tunnel = new SslStream(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false, static (_, certificate, _, _) => certificate is not null);
                await tunnel.AuthenticateAsClientAsync("a proxy's name");
                return tunnel;
            };
        }
    }
}
