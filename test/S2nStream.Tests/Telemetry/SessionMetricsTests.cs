using System.Security.Authentication;
using S2nTls.Sessions;
using S2nTls.Tests.EarlyData;
using S2nTls.Tests.Sessions;

namespace S2nTls.Tests.Telemetry;

/// <summary>What the meter says of sessions, tickets, their keys, and early data.</summary>
[Collection(nameof(Alone))]
public class SessionMetricsTests : QuietProcess
{
    [Theory]
    [InlineData(SslProtocols.Tls12, "1.2")]
    [InlineData(SslProtocols.Tls13, "1.3")]
    public async Task A_session_is_offered_and_resumed_at_both_sides_and_a_ticket_issued(SslProtocols protocol, string version)
    {
        using var ring = new RingServer(protocol: protocol);
        S2nContext server = ring.MakeServer();
        using var measurements = new Measurements();
        double tickets = measurements.Observe("tickets.issued")!.Value;
        Assert.False(await ring.ConnectAsync(server));
        Assert.Empty(measurements.Of("sessions.offered"));
        Assert.True(measurements.Observe("tickets.issued") >= tickets + 1);
        Assert.True(await ring.ConnectAsync(server));
        foreach (string side in (string[])["client", "server"])
        {
            Assert.Equal(1, measurements.Sum("sessions.offered", $"s2n.side={side}", $"tls.protocol.version={version}"));
            Assert.Equal(1, measurements.Sum("sessions.resumed", $"s2n.side={side}", $"tls.protocol.version={version}"));
            Assert.Single(measurements.Of("handshake.duration", $"s2n.side={side}", "tls.resumed=True"));
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_session_that_the_server_does_not_know_is_offered_and_not_resumed(SslProtocols protocol)
    {
        using var first = new RingServer(protocol: protocol);
        using var second = new RingServer(protocol: protocol);
        S2nContext server = first.MakeServer(), stranger = second.MakeServer();
        Assert.False(await first.ConnectAsync(server));
        using var measurements = new Measurements();
        Assert.False(await first.ConnectAsync(stranger));
        Assert.Equal(1, measurements.Sum("sessions.offered", "s2n.side=client"));
        Assert.Equal(1, measurements.Sum("sessions.offered", "s2n.side=server"));
        Assert.Empty(measurements.Of("sessions.resumed"));
    }

    [Fact]
    public async Task Ticket_keys_are_counted_by_what_they_do_and_age()
    {
        using var measurements = new Measurements();
        double others = measurements.Observe("ticket_keys")!.Value;
        using var ring = new RingServer();
        using S2nContext server = ring.MakeServer();
        Assert.True(measurements.Observe("ticket_keys", "s2n.ticket_key.state=upcoming") >= 1);
        Assert.True(measurements.Observe("ticket_keys", "s2n.ticket_key.state=encrypting") >= 2);
        Assert.True(measurements.Observe("ticket_keys", "s2n.ticket_key.state=accepted") >= 1);
        TicketKeySet keys = ring.Ring.Keys.Acquire()!;
        Assert.Equal(others + keys.Periods.Count, measurements.Observe("ticket_keys"));
        keys.DangerousRelease();
        Assert.True(measurements.Observe("ticket_key.age") >= TimeSpan.FromMinutes(10).TotalSeconds);

        ring.Keys.Answer = static _ => throw new IOException("The key service is down.");
        await ring.AdvanceAsync(TimeSpan.FromHours(5)); // with a key for one hour more
        Assert.True(measurements.Observe("ticket_key.age") >= TimeSpan.FromHours(4).TotalSeconds);
    }

    [Theory]
    [InlineData(true, "accepted")]
    [InlineData(false, "rejected")]
    public async Task Early_data_is_accepted_or_rejected(bool accepts, string outcome)
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer(new AnsweringGuard(accepts));
        await EarlyDataPair.IntroduceAsync(client, server);
        using var measurements = new Measurements();
        await using (await EarlyDataPair.ConnectAsync(client, server, "early"u8.ToArray()))
        {
            Assert.Equal(1, measurements.Sum("early_data", "s2n.side=client", $"s2n.early_data.outcome={outcome}"));
            Assert.Equal(1, measurements.Sum("early_data", "s2n.side=server", $"s2n.early_data.outcome={outcome}"));
            Assert.Equal(2, measurements.Sum("early_data"));
        }
    }
}
