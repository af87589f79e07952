using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Web;

/// <summary>Kestrel, with nothing but an answer, over one contender's TLS.</summary>
internal sealed class WebServer : IDisposable
{
    private static readonly byte[] s_small = "Hello, World!"u8.ToArray();
    private static readonly byte[] s_large = new byte[64 * 1024];

    private readonly WebApplication _application;

    private WebServer(WebApplication application) => _application = application;

    internal int Port => new Uri(_application.Urls.First()).Port;

    internal static async Task<WebServer> StartAsync(Contender contender, Credentials credentials, WebExchange exchange)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Any, 0, listen =>
        {
            listen.Protocols = exchange.Protocols();
            Secure(listen, contender, credentials, exchange.Resumes());
        }));
        WebApplication application = builder.Build();
        application.Run(context =>
        {
            byte[] answer = context.Request.Path == WebExchange.Large.Path() ? s_large : s_small;
            context.Response.ContentLength = answer.Length;
            return context.Response.Body.WriteAsync(answer).AsTask();
        });
        await application.StartAsync();
        return new WebServer(application);
    }

    public void Dispose()
    {
        _application.StopAsync().GetAwaiter().GetResult();
        _application.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void Secure(ListenOptions listen, Contender contender, Credentials credentials, bool resumes)
    {
        switch (contender)
        {
            case Contender.S2nStream:
                listen.UseS2n(credentials.Server, https =>
                {
                    https.Tls.SecurityPolicy = TlsSetup.PreferX25519;
                    https.Tls.AllowTlsResume = resumes;
                });
                break;

            case Contender.SslStream:
                CipherSuitesPolicy? suites = SslStreamKind.CipherSuites(resumes);
                listen.UseHttps(credentials.Server, https => https.OnAuthenticate = (_, options) =>
                {
                    options.AllowTlsResume = resumes;
                    options.CipherSuitesPolicy = suites; // else OpenSSL's servers choose AES-256, whatever the client likes best
                });
                break;

            default:
                break;
        }
    }
}
