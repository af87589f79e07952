using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;
using S2nTls.Benchmarks.Web;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>The scenarios, in the order of the report.</summary>
internal static class AllScenarios
{
    private static readonly Contender[] s_streamsAndLimits = [Contender.S2nStream, Contender.SslStream, Contender.NoTls, Contender.BareS2n];

    private static readonly Lazy<IReadOnlyList<Scenario>> s_all = new(Create);

    internal static IReadOnlyList<Scenario> All => s_all.Value;

    /// <summary>Those whose name begins with one of the given.</summary>
    internal static IEnumerable<Scenario> Named(IReadOnlyCollection<string> names) =>
        All.Where(scenario => names.Any(name => scenario.Name.StartsWith(name, StringComparison.Ordinal)));

    private static IReadOnlyList<Scenario> Create()
    {
        var p256 = new TlsSetup(Credentials.P256());
        var rsa = new TlsSetup(Credentials.Rsa2048());
        TlsSetup postQuantum = p256 with { Policy = S2nSecurityPolicy.DefaultPostQuantum };
        return
        [
            new BulkOverLoopback("bulk-64k", 64 * 1024, p256),
            new BulkOverLoopback("bulk-4k", 4 * 1024, p256),
            new BulkInMemory(p256),
            new RoundTrips(p256),
            new Handshakes("handshake-ecdsa", "full handshakes, ECDSA P-256,", p256, overTcp: true, s_streamsAndLimits),
            new Handshakes("handshake-memory", "full handshakes, ECDSA P-256,", p256, overTcp: false, [Contender.S2nStream, Contender.SslStream, Contender.BareS2n]),
            new Handshakes("handshake-rsa", "full handshakes, RSA 2048,", rsa, overTcp: true, s_streamsAndLimits),
            new ResumedHandshakes(p256),
            new Handshakes("handshake-pq", "hybrid post-quantum handshakes, ECDSA P-256,", postQuantum, overTcp: true, [Contender.S2nStream, Contender.NoTls, Contender.BareS2n]),
            new Connections(p256),
            new WebRequests("web-small", "small answers on kept connections", WebExchange.Small, p256),
            new WebRequests("web-large", "answers of 64 KiB on kept connections", WebExchange.Large, p256),
            new WebRequests("web-http2", "small answers over one connection of HTTP/2", WebExchange.SmallOverHttp2, p256),
            new WebRequests("web-new", "a full handshake for each small answer", WebExchange.NewConnection, p256),
            new WebRequests("web-resumed", "a resumed handshake for each small answer", WebExchange.ResumedConnection, p256),
            new HttpClientRequests("http-small", "small answers on kept connections", WebExchange.Small, p256),
            new HttpClientRequests("http-large", "answers of 64 KiB on kept connections", WebExchange.Large, p256),
            new HttpClientRequests("http-http2", "small answers over one connection of HTTP/2", WebExchange.SmallOverHttp2, p256),
            new HttpClientRequests("http-new", "a full handshake for each small answer", WebExchange.NewConnection, p256),
            new HttpClientRequests("http-resumed", "a resumed handshake for each small answer", WebExchange.ResumedConnection, p256),
            new Allocations(p256),
            new IdleMemory(2000, 4096),
            new IdleMemory(10_000, 4096),
            new IdleMemory(2000, 0),
            new IdleMemory(10_000, 0),
        ];
    }
}
