using System.Net;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Web;

/// <summary>A client of HTTP/2, which asks on one connection, however many use it at a time.</summary>
internal sealed class Http2Client : IWebClient, IDisposable
{
    private readonly HttpClient _client;
    private readonly Uri _url;

    internal Http2Client(Contender contender, TlsSetup setup, WebExchange exchange, int port)
    {
        HttpMessageHandler handler = contender == Contender.NoTls
            ? new SocketsHttpHandler { UseProxy = false }
            : new S2nHttpHandler(Contexts.Client(setup))
            {
                UseProxy = false,
                Connected = static (_, tls) => TlsSetup.CheckSuite(tls, resumesOverSslStream: false),
            };
        _client = new HttpClient(handler) { DefaultRequestVersion = exchange.Version(), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        _url = new Uri($"{(contender == Contender.NoTls ? "http" : "https")}://{Credentials.Host}:{port}{exchange.Path()}");
    }

    public void Dispose() => _client.Dispose();

    public async Task AskAsync()
    {
        using HttpResponseMessage response = await _client.GetAsync(_url);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"The server has answered {response.StatusCode}.");
        }
    }
}
