using System.Diagnostics.Tracing;
using System.Security.Authentication;

namespace S2nTls.Telemetry;

/// <summary>The event source's counters, with the names, the units and the titles of SslStream's.</summary>
internal sealed class EventSourceCounters
{
#pragma warning disable SYSLIB0039, CA5397, CS0618 // only to count them
    private static readonly (SslProtocols Protocol, string Id, string Title)[] s_protocols =
    [
        (SslProtocols.Tls, "tls10", "TLS 1.0"),
        (SslProtocols.Tls11, "tls11", "TLS 1.1"),
        (SslProtocols.Tls12, "tls12", "TLS 1.2"),
        (SslProtocols.Tls13, "tls13", "TLS 1.3"),
    ];
#pragma warning restore SYSLIB0039, CA5397, CS0618

    private readonly EventCounter _durations;
    private readonly Dictionary<SslProtocols, EventCounter> _durationsOf;

    /// <summary>The source keeps those that poll only as long as this does.</summary>
    private readonly List<DiagnosticCounter> _polling;

    internal EventSourceCounters(EventSource source)
    {
        _polling =
        [
            new IncrementingPollingCounter("tls-handshake-rate", source, static () => HandshakeCounts.Finished)
            {
                DisplayName = "TLS handshakes completed",
                DisplayRateTimeScale = TimeSpan.FromSeconds(1),
            },
            new PollingCounter("total-tls-handshakes", source, static () => HandshakeCounts.Finished) { DisplayName = "Total TLS handshakes completed" },
            new PollingCounter("current-tls-handshakes", source, static () => HandshakeCounts.Current) { DisplayName = "Current TLS handshakes" },
            new PollingCounter("failed-tls-handshakes", source, static () => HandshakeCounts.Failed) { DisplayName = "Total TLS handshakes failed" },
            new PollingCounter("all-tls-sessions-open", source, static () => OpenConnections.Count(SslProtocols.None)) { DisplayName = "All TLS Sessions Active" },
            .. s_protocols.Select(each => new PollingCounter($"{each.Id}-sessions-open", source, () => OpenConnections.Count(each.Protocol))
            {
                DisplayName = $"{each.Title} Sessions Active",
            }),
        ];
        _durations = Durations("all-tls-handshake-duration", "TLS");
        _durationsOf = s_protocols.ToDictionary(each => each.Protocol, each => Durations($"{each.Id}-handshake-duration", each.Title));

        EventCounter Durations(string id, string title) => new(id, source) { DisplayName = $"{title} Handshake Duration", DisplayUnits = "ms" };
    }

    internal void Record(SslProtocols protocol, TimeSpan duration)
    {
        _durations.WriteMetric(duration.TotalMilliseconds);
        if (_durationsOf.TryGetValue(protocol, out EventCounter? its))
        {
            its.WriteMetric(duration.TotalMilliseconds);
        }
    }
}
