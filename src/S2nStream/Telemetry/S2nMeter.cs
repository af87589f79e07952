using System.Diagnostics.Metrics;

namespace S2nTls.Telemetry;

/// <summary>The meter and its instruments, all made together when s2n starts. docs/observability.md describes each.</summary>
internal static class S2nMeter
{
    internal const string Name = "S2nTls";

    private static readonly Meter s_meter = new(Name, typeof(S2nMeter).Assembly.GetName().Version?.ToString(3));

    /// <summary>As for Kestrel's handshakes.</summary>
    private static readonly InstrumentAdvice<double> s_durations = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    internal static Histogram<double> HandshakeDuration { get; } =
        s_meter.CreateHistogram("s2n.tls.handshake.duration", "s", "The duration of handshakes.", tags: null, s_durations);

    internal static Counter<long> SessionsOffered { get; } =
        s_meter.CreateCounter<long>("s2n.tls.sessions.offered", "{session}", "Handshakes in which the client offered a session.");

    internal static Counter<long> SessionsResumed { get; } =
        s_meter.CreateCounter<long>("s2n.tls.sessions.resumed", "{session}", "Handshakes in which the offered session was resumed.");

    internal static Counter<long> EarlyData { get; } =
        s_meter.CreateCounter<long>("s2n.tls.early_data", "{handshake}", "Handshakes in which the client sent early data.");

    internal static Counter<long> Alerts { get; } =
        s_meter.CreateCounter<long>("s2n.tls.alerts", "{alert}", "Alerts sent and received.");

    internal static Counter<long> BlindingWaits { get; } =
        s_meter.CreateCounter<long>("s2n.tls.blinding.waits", "{wait}", "Waits between blinded errors and their answers that have ended.");

    internal static Counter<long> CertificateReloads { get; } =
        s_meter.CreateCounter<long>("s2n.tls.certificate.reloads", "{reload}", "Attempts to put changed certificate files into service.");

    static S2nMeter()
    {
        s_meter.CreateObservableUpDownCounter(
            "s2n.tls.handshake.active",
            static () => ((bool[])[false, true]).Select(isServer => new Measurement<long>(
                HandshakeCounts.CurrentOn(isServer), new KeyValuePair<string, object?>(TagNames.Side, TagValues.Side(isServer)))),
            "{handshake}", "Handshakes in progress.");
        s_meter.CreateObservableUpDownCounter("s2n.tls.connection.open", OpenConnections.Observe, "{connection}", "Authenticated connections that are open.");
        s_meter.CreateObservableCounter("s2n.tls.connection.io", WireTraffic.ObserveBytes, "By", "Bytes on the wire, with handshakes and the records' overhead.");
        s_meter.CreateObservableCounter("s2n.tls.tickets.issued", WireTraffic.ObserveTickets, "{ticket}", "Session tickets that servers have sent.");
        s_meter.CreateObservableUpDownCounter("s2n.tls.ticket_keys", TicketKeyAges.ObserveCounts, "{key}", "Keys for session tickets that are held.");
        s_meter.CreateObservableGauge("s2n.tls.ticket_key.age", TicketKeyAges.ObserveAge, "s", "Age of the newest ticket key in use, of the ring where it is oldest.");
        s_meter.CreateObservableUpDownCounter("s2n.tls.blinding.active", static () => BlindingReport.Waiting, "{wait}", "Blinded errors whose answers wait.");
        s_meter.CreateObservableGauge("s2n.tls.certificate.expiry", ServedCertificates.Observe, "d", "Days until the first certificate that a server shows expires.");
    }

    /// <summary>Makes the instruments, so that they are known before the first measurement.</summary>
    internal static void Start() => _ = Name.Length;
}
