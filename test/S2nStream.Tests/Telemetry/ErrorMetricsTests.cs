using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Errors;
using S2nTls.Tests.Streams;

namespace S2nTls.Tests.Telemetry;

/// <summary>What the meter says of alerts, and of the waits of blinded errors.</summary>
[Collection(nameof(Alone))]
public class ErrorMetricsTests : QuietProcess
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_close_notify_is_sent_once_and_received_once(SslProtocols protocol)
    {
        using var measurements = new Measurements();
        await using TlsPair pair = await TlsPair.InMemoryAsync(protocol);
        await pair.Client.ShutdownWriteAsync().WithDeadline();
        await pair.Client.ShutdownWriteAsync().WithDeadline();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(0, await pair.Server.ReadAsync(new byte[1]).WithDeadline());
        }

        await pair.Server.ShutdownWriteAsync().WithDeadline();
        Assert.Equal(0, await pair.Client.ReadAsync(new byte[1]).WithDeadline());
        await pair.DisposeAsync();
        foreach (string side in (string[])["client", "server"])
        {
            Assert.Equal(1, measurements.Sum("alerts", $"s2n.side={side}", "network.io.direction=transmit", "s2n.alert=close_notify"));
            Assert.Equal(1, measurements.Sum("alerts", $"s2n.side={side}", "network.io.direction=receive", "s2n.alert=close_notify"));
        }

        Assert.Equal(4, measurements.Sum("alerts"));
    }

    [Fact]
    public async Task A_refused_certificate_is_an_alert_that_one_side_sends_and_the_other_receives()
    {
        using X509Certificate2 stranger = new TestAuthority().Issue();
        using S2nContext server = TestContexts.MakeServer(options => options.SecurityPolicy = TestContexts.Tls12Policy, stranger);
        using var measurements = new Measurements();
        await FailAsync(TestContexts.Client12, server);
        Assert.Equal(1, measurements.Sum("alerts", "s2n.side=client", "network.io.direction=transmit", "s2n.alert=unknown_ca"));
        Assert.Equal(1, measurements.Sum("alerts", "s2n.side=server", "network.io.direction=receive", "s2n.alert=unknown_ca"));
        Assert.Equal(2, measurements.Sum("alerts"));
        Assert.Single(measurements.Of("handshake.duration", "s2n.side=server", "error.type=S2N_ERR_ALERT"));
    }

    [Fact]
    public async Task A_client_without_a_version_in_common_is_told_by_protocol_version()
    {
        using S2nContext server = TestContexts.MakeServer(options => options.SecurityPolicy = new S2nSecurityPolicy("AWS-CRT-SDK-TLSv1.3"));
        using var measurements = new Measurements();
        await FailAsync(TestContexts.Client12, server);
        Assert.Equal(1, measurements.Sum("alerts", "s2n.side=server", "network.io.direction=transmit", "s2n.alert=protocol_version"));
        Assert.Equal(1, measurements.Sum("alerts", "s2n.side=client", "network.io.direction=receive", "s2n.alert=protocol_version"));
    }

    [Fact]
    public async Task An_alert_that_s2n_chooses_is_told_by_what_it_sends()
    {
        using var measurements = new Measurements();
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using var client = new S2nStream(inner);
        Task handshake = client.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        byte[] tls11 = [22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2, .. new byte[32], 0, 0xC0, 0x2F, 0]; // a ServerHello
        await peer.WriteAsync(tls11);
        await Assert.ThrowsAsync<AuthenticationException>(() => handshake.WithDeadline());
        await client.ErrorAnswered.WithDeadline();
        Assert.Equal(1, measurements.Sum("alerts", "s2n.side=client", "network.io.direction=transmit", "s2n.alert=protocol_version"));
        Assert.Equal(1, measurements.Sum("alerts"));
        await client.DisposeAsync();
        var sent = new MemoryStream();
        await peer.CopyToAsync(sent).WithDeadline();
        Assert.Equal([2, (byte)TlsAlert.ProtocolVersion], sent.ToArray()[^2..]);
        peer.Dispose();
    }

    [Fact]
    public async Task An_alert_without_a_name_does_not_make_one()
    {
        using var measurements = new Measurements();
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using var client = new S2nStream(inner);
        Task handshake = client.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        await peer.WriteAsync(new byte[] { 21, 3, 3, 0, 2, 2, 200 });
        await Assert.ThrowsAsync<AuthenticationException>(() => handshake.WithDeadline());
        Assert.Equal(1, measurements.Sum("alerts", "network.io.direction=receive", "s2n.alert=_OTHER"));
        peer.Dispose();
    }

    [Fact]
    public async Task A_blinded_error_waits_and_then_has_waited()
    {
        using var measurements = new Measurements();
        double before = measurements.Observe("blinding.active")!.Value;
        await using TlsPair pair = await TamperAsync(TestContexts.Server);
        Assert.True(measurements.Observe("blinding.active") > before);
        await pair.Server.ErrorAnswered.WithDeadline();
        Assert.Equal(1, measurements.Sum("blinding.waits", "s2n.blinding.budget=anonymous", "s2n.blinding.outcome=complete"));
    }

    [Fact]
    public async Task A_wait_that_gives_way_to_others_is_cut_short()
    {
        using S2nContext server = TestContexts.MakeServer(options => options.MaxBlindingDelay = TimeSpan.FromSeconds(30));
        using var measurements = new Measurements();
        await using TlsPair pair = await TamperAsync(server);
        var others = new List<Task>();
        while (!pair.Server.ErrorAnswered.IsCompleted)
        {
            others.AddRange(Enumerable.Range(0, BlindingDelays.Most).Select(_ => BlindingDelays.WaitAsync(TimeSpan.FromSeconds(2), BlindingBudget.Anonymous)));
            await Task.Yield();
        }

        Assert.Equal(1, measurements.Sum("blinding.waits", "s2n.blinding.budget=anonymous", "s2n.blinding.outcome=cut_short"));
        await Task.WhenAll(others).WithDeadline();
    }

    /// <summary>A pair whose server has met a record that does not decrypt.</summary>
    internal static async Task<TlsPair> TamperAsync(S2nContext server)
    {
        (Stream client, Stream serverEnd) = DuplexPipe.CreateStreams();
        var tampering = new TamperingStream(client);
        TlsPair pair = await TlsPair.OverAsync(tampering, serverEnd, server: server);
        tampering.Tampers = true;
        await pair.Client.WriteAsync("tampered with"u8.ToArray());
        await Assert.ThrowsAsync<S2nException>(() => pair.Server.ReadAsync(new byte[100]).WithDeadline());
        return pair;
    }

    /// <summary>A handshake that fails at both ends, and both have told the other.</summary>
    internal static async Task FailAsync(S2nContext client, S2nContext server)
    {
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using var clientSide = new S2nStream(inner);
        await using var serverSide = new S2nStream(peer);
        Task[] handshakes = [clientSide.AuthenticateAsClientAsync(client, "localhost"), serverSide.AuthenticateAsServerAsync(server)];
        Assert.All(await Task.WhenAll(handshakes.Select(handshake => Record.ExceptionAsync(() => handshake.WithDeadline()))), Assert.NotNull);
        await Task.WhenAll(clientSide.ErrorAnswered, serverSide.ErrorAnswered).WithDeadline();
    }
}
