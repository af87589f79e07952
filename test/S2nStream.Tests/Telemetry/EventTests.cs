using System.Diagnostics.Tracing;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Telemetry;

/// <summary>What the event source writes, and what its counters count.</summary>
[Collection(nameof(Alone))]
public class EventTests : QuietProcess
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_handshake_starts_and_stops_on_both_sides(SslProtocols protocol)
    {
        using var events = new Events();
        await using TlsPair pair = await TlsPair.InMemoryAsync(protocol);
        Assert.Equal([("localhost", false), ("", true)], events.Of("HandshakeStart").Select(start => ((string)start.Payload["targetHost"]!, (bool)start.Payload["isServer"]!)).OrderBy(start => start.Item2));
        Assert.Equal([(int)protocol, (int)protocol], events.Of("HandshakeStop").Select(stop => stop.Payload["protocol"]));
        Assert.Empty(events.Of("HandshakeFailed"));
    }

    [Fact]
    public async Task A_failed_handshake_says_why_what_to_do_and_who_the_peer_is()
    {
        using X509Certificate2 stranger = new TestAuthority().Issue();
        using S2nContext server = TestContexts.MakeServer(options => options.SecurityPolicy = TestContexts.Tls12Policy, stranger);
        using var events = new Events();
        await ErrorMetricsTests.FailAsync(TestContexts.Client12, server);
        Dictionary<string, object?> client = events.Of("HandshakeFailed").Single(failed => !(bool)failed.Payload["isServer"]!).Payload;
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", client["error"]);
        Assert.Equal("SERVER_CERT", client["lastMessage"]);
        Assert.Equal("", client["alert"]);
        Assert.StartsWith("Trust the right root", (string)client["advice"]!, StringComparison.Ordinal);
        Assert.Contains("S2N_ERR_CERT_UNTRUSTED", (string)client["exceptionMessage"]!, StringComparison.Ordinal);
        Assert.Equal(IPAddress.Loopback, IPEndPoint.Parse((string)client["peerAddress"]!).Address);
        Assert.InRange((double)client["elapsedMilliseconds"]!, 0.01, 30_000);
        Dictionary<string, object?> serverSide = events.Of("HandshakeFailed").Single(failed => (bool)failed.Payload["isServer"]!).Payload;
        Assert.Equal(("S2N_ERR_ALERT", "unknown_ca"), ((string)serverSide["error"]!, (string)serverSide["alert"]!));
        Assert.Equal([0, 0], events.Of("HandshakeStop").Select(stop => stop.Payload["protocol"])); // as with SslStream
        Assert.Equal(("unknown_ca", false), AlertOf("AlertSent"));
        Assert.Equal(("unknown_ca", true), AlertOf("AlertReceived"));

        (string, bool) AlertOf(string name) => ((string)Assert.Single(events.Of(name)).Payload["alert"]!, (bool)Assert.Single(events.Of(name)).Payload["isServer"]!);
    }

    [Fact]
    public async Task A_peer_that_hangs_up_is_a_failure_too()
    {
        using var events = new Events();
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using var server = new S2nStream(inner);
        Task handshake = server.AuthenticateAsServerAsync(TestContexts.Server);
        peer.Dispose();
        await Assert.ThrowsAnyAsync<IOException>(() => handshake.WithDeadline());
        Dictionary<string, object?> failed = Assert.Single(events.Of("HandshakeFailed")).Payload;
        Assert.Equal("S2N_ERR_CLOSED", failed["error"]);
        Assert.NotEqual("", failed["advice"]);
    }

    [Fact]
    public async Task What_an_application_throws_before_the_handshake_begins_is_a_failure_too()
    {
        using var events = new Events();
        (Stream inner, Stream _) = DuplexPipe.CreateStreams();
        await using var server = new S2nStream(inner);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            S2nContext gone = TestContexts.MakeServer();
            gone.Dispose();
            await server.AuthenticateAsServerAsync(gone).WithDeadline();
        });
        Assert.Equal("System.ObjectDisposedException", Assert.Single(events.Of("HandshakeFailed")).Payload["error"]);
        Assert.Single(events.Of("HandshakeStart"));
        Assert.Single(events.Of("HandshakeStop"));
    }

    [Fact]
    public async Task A_blinded_error_starts_and_stops_a_wait()
    {
        using var events = new Events();
        await using TlsPair pair = await ErrorMetricsTests.TamperAsync(TestContexts.Server);
        Dictionary<string, object?> started = Assert.Single(events.Of("BlindingStarted")).Payload;
        Assert.Equal("anonymous", started["budget"]);
        Assert.InRange((double)started["delayMilliseconds"]!, 1, 1000);
        await pair.Server.ErrorAnswered.WithDeadline();
        Dictionary<string, object?> stopped = Assert.Single(events.Of("BlindingStopped")).Payload;
        Assert.Equal(("anonymous", false), ((string)stopped["budget"]!, (bool)stopped["isCutShort"]!));
    }

    [Fact]
    public async Task Counters_count_connections_that_are_older_than_the_listener()
    {
        await using TlsPair older = await TlsPair.InMemoryAsync(SslProtocols.Tls13);
        using var events = new Events(counters: true);
        await Eventually.TrueAsync(() => Counter("tls13-sessions-open") >= 2 && Counter("all-tls-sessions-open") >= 2);
        await Eventually.TrueAsync(() => Counter("total-tls-handshakes") > 0);
        double finished = Counter("total-tls-handshakes");
        await using TlsPair newer = await TlsPair.InMemoryAsync(SslProtocols.Tls12);
        await Eventually.TrueAsync(() => Counter("total-tls-handshakes") >= finished + 2);
        Assert.True(Counter("tls12-sessions-open") >= 2);

        double Counter(string name) => events.Counters.GetValueOrDefault(name);
    }

    /// <summary>Which is why the source has a name of its own: if this fails, it could have SslStream's.</summary>
    [Fact]
    public async Task A_second_event_source_of_the_runtimes_name_is_never_enabled()
    {
        using var listener = new ListenerByName();
        (Stream inner, Stream _) = DuplexPipe.CreateStreams();
        await using var tls = new System.Net.Security.SslStream(inner);
        _ = tls.AuthenticateAsClientAsync("localhost"); // makes the runtime's own
        Assert.Contains(EventSource.GetSources(), source => source.Name == "System.Net.Security" && source.IsEnabled());
        using var second = new EventSource("System.Net.Security");
        Assert.False(second.IsEnabled());
    }

    private sealed class ListenerByName : EventListener
    {
        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "System.Net.Security")
            {
                EnableEvents(eventSource, EventLevel.Informational);
            }
        }
    }
}
