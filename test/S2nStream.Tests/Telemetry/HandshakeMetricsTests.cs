using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Telemetry;

/// <summary>What the meter says of handshakes and of connections. Alone, since the meter is the whole process's.</summary>
[Collection(nameof(Alone))]
public class HandshakeMetricsTests : QuietProcess
{
    private const string Duration = "handshake.duration";

    [Theory]
    [InlineData(SslProtocols.Tls12, "1.2")]
    [InlineData(SslProtocols.Tls13, "1.3")]
    public async Task A_handshakes_duration_has_what_was_negotiated_on_both_sides(SslProtocols protocol, string version)
    {
        using var measurements = new Measurements();
        await using TlsPair pair = await TlsPair.OverTcpAsync(protocol);
        foreach (string side in (string[])["client", "server"])
        {
            Measured measured = Assert.Single(measurements.Of(Duration, $"s2n.side={side}"));
            Assert.InRange(measured.Value, 1e-6, 30);
            Assert.Equal(
                [
                    $"s2n.side={side}", "tls.protocol.name=tls", $"tls.protocol.version={version}", $"tls.cipher={pair.Client.NegotiatedCipherSuite}",
                    "tls.resumed=False", $"tls.curve={pair.Client.KeyExchangeGroup}",
                ],
                measured.Tags, StringComparer.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_failed_handshake_has_s2ns_name_of_the_error()
    {
        using X509Certificate2 stranger = new TestAuthority().Issue();
        using S2nContext server = TestContexts.MakeServer(certificate: stranger);
        using var measurements = new Measurements();
        await Assert.ThrowsAnyAsync<Exception>(() => TlsPair.InMemoryAsync(server: server));
        Assert.Equal(["s2n.side=client", "error.type=S2N_ERR_CERT_UNTRUSTED"], Assert.Single(measurements.Of(Duration, "s2n.side=client")).Tags);
    }

    [Fact]
    public async Task A_cancelled_handshake_has_the_exceptions_type()
    {
        using var measurements = new Measurements();
        using var cancellation = new CancellationTokenSource();
        (Stream inner, Stream _) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(inner);
        double before = measurements.Observe("handshake.active", "s2n.side=client")!.Value; // an earlier test may have left one behind
        Task handshake = client.AuthenticateAsClientAsync(TestContexts.Client, "localhost", cancellation.Token);
        Assert.Equal(before + 1, measurements.Observe("handshake.active", "s2n.side=client"));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake.WithDeadline());
        Assert.StartsWith("error.type=System.", Assert.Single(measurements.Of(Duration)).Tags[^1], StringComparison.Ordinal);
        Assert.Equal(before, measurements.Observe("handshake.active", "s2n.side=client"));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, "1.2")]
    [InlineData(SslProtocols.Tls13, "1.3")]
    public async Task Open_connections_are_counted_until_they_are_freed_and_also_those_older_than_the_listener(SslProtocols protocol, string version)
    {
        TlsPair pair = await TlsPair.InMemoryAsync(protocol);
        using var measurements = new Measurements();
        double before = measurements.Observe("connection.open", "s2n.side=client", $"tls.protocol.version={version}")!.Value;
        Assert.True(before >= 1);
        await pair.DisposeAsync();
        Assert.InRange(measurements.Observe("connection.open", "s2n.side=client", $"tls.protocol.version={version}")!.Value, 0, before - 1);
    }

    [Fact]
    public async Task Bytes_are_those_that_the_stream_reports_while_it_is_open_and_after()
    {
        using var measurements = new Measurements();
        (double sent, double received) = Bytes();
        TlsPair pair = await TlsPair.InMemoryAsync();
        byte[] data = new byte[100_000];
        for (int i = 0; i < 5; i++)
        {
            Task write = pair.Client.WriteAsync(data).AsTask();
            await pair.Server.ReadExactlyAsync(data).WithDeadline();
            await write.WithDeadline();
        }

        long expectedSent = pair.Client.WireBytesSent, expectedReceived = pair.Client.WireBytesReceived;
        Assert.True(expectedSent > 500_000);
        Assert.Equal((sent + expectedSent, received + expectedReceived), Bytes());
        Assert.Equal((sent + expectedSent, received + expectedReceived), Bytes()); // nothing is counted twice
        await pair.DisposeAsync();
        (double sentInTheEnd, _) = Bytes();
        Assert.InRange(sentInTheEnd - sent - expectedSent, 20, 100); // close_notify

        (double Sent, double Received) Bytes() => (
            measurements.Observe("connection.io", "s2n.side=client", "network.io.direction=transmit")!.Value,
            measurements.Observe("connection.io", "s2n.side=client", "network.io.direction=receive")!.Value);
    }

    [Fact]
    public async Task Nothing_that_a_peer_chooses_freely_is_in_a_tag()
    {
        using var measurements = new Measurements();
        using S2nContext client = TestContexts.MakeClient(options => options.ApplicationProtocols.Add(new("chosen-by-the-peer")));
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using (var clientSide = new S2nStream(inner))
        await using (var serverSide = new S2nStream(peer))
        {
            await Record.ExceptionAsync(() => Task.WhenAll(
                clientSide.AuthenticateAsClientAsync(client, "chosen-by-the-peer.example"),
                serverSide.AuthenticateAsServerAsync(TestContexts.Server)).WithDeadline());
        }

        Assert.NotEmpty(measurements.Of(Duration));
        Assert.DoesNotContain(measurements.All, measured => measured.Tags.Any(tag => tag.Contains("chosen", StringComparison.Ordinal) || tag.Contains("127.0.0.1", StringComparison.Ordinal)));
    }
}
