using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;

namespace S2nTls.AspNetCore.Tests;

/// <summary>The events of handshakes in Kestrel's event source.</summary>
[Collection(nameof(Alone))] // the counters are of the whole process
public sealed class EventSourceTests
{
    private const string Source = "Microsoft-AspNetCore-Server-Kestrel";

    private static readonly string[] s_counters = ["total-tls-handshakes", "failed-tls-handshakes", "current-tls-handshakes", "tls-handshakes-per-second"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // what Kestrel itself does
    public async Task Handshakes_start_and_stop_and_fail_with_the_same_events_which_have_Kestrels_numbers_with_Kestrel_alone(bool overS2n)
    {
        using var events = new Listener();
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => _ = overS2n ? listen.UseS2n(TestAuthority.Localhost, https => https.Tls.MaxBlindingDelay = TimeSpan.Zero) : listen.UseHttps(TestAuthority.Localhost));

        await using (await Clients.ConnectAsync(host.Port, alpn: SslApplicationProtocol.Http2))
        {
        }

        await Eventually.TrueAsync(() => events.Names(host.Port).Contains("TlsHandshakeStop"));
        using (var plain = new TcpClient())
        {
            await plain.ConnectAsync(IPAddress.Loopback, host.Port);
            await plain.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            await Eventually.TrueAsync(() => events.Names(host.Port).Count(static name => name == "TlsHandshakeStop") == 2);
        }

        Assert.Equal(["TlsHandshakeStart", "TlsHandshakeStop", "TlsHandshakeStart", "TlsHandshakeFailed", "TlsHandshakeStop"], events.Names(host.Port));
        EventWrittenEventArgs[] written = events.Of(host.Port);
        Assert.Equal([EventOpcode.Start, EventOpcode.Stop, EventOpcode.Start, EventOpcode.Info, EventOpcode.Stop], written.Select(static one => one.Opcode));
        Assert.Equal(
            [EventLevel.Informational, EventLevel.Informational, EventLevel.Informational, EventLevel.Error, EventLevel.Informational], written.Select(static one => one.Level));
        Assert.Equal(["connectionId", "sslProtocols"], written[0].PayloadNames!);
        Assert.Equal("None", written[0].Payload![1]);
        Assert.Equal(["connectionId", "sslProtocols", "applicationProtocol", "hostName"], written[1].PayloadNames!);
        Assert.Equal(["Tls13", "h2", overS2n ? "localhost" : ""], written[1].Payload!.Skip(1)); // Kestrel knows the name only where it has asked for it
        Assert.Equal(["connectionId"], written[3].PayloadNames!);
        Assert.Equal(["", "", ""], written[4].Payload!.Skip(1));

        Assert.Equal(overS2n ? [-1, -1, -1, -1, -1] : [8, 9, 8, 10, 9], written.Select(static one => one.EventId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_counters_stay_where_they_are(bool overS2n)
    {
        using var events = new Listener();
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => _ = overS2n ? listen.UseS2n(TestAuthority.Localhost) : listen.UseHttps(TestAuthority.Localhost));
        await Eventually.TrueAsync(() => events.Total is not null);
        double before = events.Total!.Value;

        await using (await Clients.ConnectAsync(host.Port))
        {
        }

        int seen = events.Totals;
        await Eventually.TrueAsync(() => events.Totals >= seen + 2);
        Assert.Equal(overS2n ? before : before + 1, events.Total!.Value);
    }

    private sealed class Listener : EventListener
    {
        private readonly ConcurrentQueue<EventWrittenEventArgs> _written = new();
        private readonly ConcurrentDictionary<string, string> _connections = new();
        private int _totals;

        internal double? Total { get; private set; }

        internal int Totals => Volatile.Read(ref _totals);

        /// <summary>The events of handshakes on a server's connections, in order.</summary>
        internal EventWrittenEventArgs[] Of(int port) =>
        [
            .. _written.Where(one => one.EventName!.StartsWith("TlsHandshake", StringComparison.Ordinal)
                && _connections.TryGetValue((string)one.Payload![0]!, out string? end) && end == $"127.0.0.1:{port}"),
        ];

        internal IReadOnlyList<string> Names(int port) => [.. Of(port).Select(static one => one.EventName!)];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == Source)
            {
                EnableEvents(eventSource, EventLevel.Verbose, EventKeywords.All, new Dictionary<string, string?> { ["EventCounterIntervalSec"] = "0.1" });
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            switch (eventData.EventName)
            {
                case "ConnectionStart":
                    _connections[(string)eventData.Payload![0]!] = (string)eventData.Payload[1]!;
                    break;
                case "EventCounters" when eventData.Payload![0] is IDictionary<string, object?> counter && (string?)counter["Name"] == "total-tls-handshakes":
                    Total = (double)counter["Mean"]!;
                    Interlocked.Increment(ref _totals);
                    break;
                case { } name when name.StartsWith("TlsHandshake", StringComparison.Ordinal):
                    _written.Enqueue(eventData);
                    break;
                default:
                    break;
            }
        }
    }
}
