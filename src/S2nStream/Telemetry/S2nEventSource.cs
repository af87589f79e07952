using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Tracing;
using System.Security.Authentication;

namespace S2nTls.Telemetry;

/// <summary>
/// The event source: events 1 to 3 and the counters are those of SslStream's source, System.Net.Security, whose name cannot be used twice in a
/// process. Ids and payloads are public: docs/observability.md lists them, and a test compares.
/// </summary>
[EventSource(Name = SourceName)]
internal sealed class S2nEventSource : EventSource
{
    internal const string SourceName = "S2nTls";

    private const string Serialized = "The payloads are numbers and strings.";

    /// <summary>Made when someone listens for the first time.</summary>
    private EventSourceCounters? _counters;

    private S2nEventSource() { }

    internal static S2nEventSource Log { get; } = new();

    protected override void OnEventCommand(EventCommandEventArgs command)
    {
        if (command.Command == EventCommand.Enable)
        {
            _counters ??= new EventSourceCounters(this);
        }
    }

    [Event(1, Level = EventLevel.Informational)]
    private void HandshakeStart(bool isServer, string targetHost) => WriteEvent(1, isServer ? 1 : 0, targetHost);

    /// <param name="protocol">As <see cref="SslProtocols"/>; 0 after a failure.</param>
    [Event(2, Level = EventLevel.Informational)]
    private void HandshakeStop(int protocol) => WriteEvent(2, protocol);

    /// <summary>SslStream's event has the first three; the others say what to do about it.</summary>
    [Event(3, Level = EventLevel.Error)]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Serialized)]
    private unsafe void HandshakeFailed(
        bool isServer, double elapsedMilliseconds, string exceptionMessage, string error, string lastMessage, string alert, string advice, string peerAddress)
    {
        // In one piece: the overload that takes any arguments reaches listeners in the process, but no trace.
        fixed (char* message = exceptionMessage, name = error, last = lastMessage, received = alert, remedy = advice, peer = peerAddress)
        {
            int side = isServer ? 1 : 0;
            EventData* data = stackalloc EventData[8];
            data[0] = new EventData { DataPointer = (nint)(&side), Size = sizeof(int) };
            data[1] = new EventData { DataPointer = (nint)(&elapsedMilliseconds), Size = sizeof(double) };
            data[2] = Text(message, exceptionMessage);
            data[3] = Text(name, error);
            data[4] = Text(last, lastMessage);
            data[5] = Text(received, alert);
            data[6] = Text(remedy, advice);
            data[7] = Text(peer, peerAddress);
            WriteEventCore(3, 8, data);
        }
    }

    [Event(4, Level = EventLevel.Informational)]
    private void AlertReceived(bool isServer, string alert) => WriteEvent(4, isServer ? 1 : 0, alert);

    [Event(5, Level = EventLevel.Informational)]
    private void AlertSent(bool isServer, string alert) => WriteEvent(5, isServer ? 1 : 0, alert);

    [Event(6, Level = EventLevel.Warning)]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Serialized)]
    private unsafe void BlindingStarted(string budget, double delayMilliseconds)
    {
        fixed (char* start = budget)
        {
            EventData* data = stackalloc EventData[2];
            data[0] = Text(start, budget);
            data[1] = new EventData { DataPointer = (nint)(&delayMilliseconds), Size = sizeof(double) };
            WriteEventCore(6, 2, data);
        }
    }

    [Event(7, Level = EventLevel.Informational)]
    private void BlindingStopped(string budget, bool isCutShort) => WriteEvent(7, budget, isCutShort ? 1 : 0);

    [Event(8, Level = EventLevel.Informational)]
    private void CertificatesReloaded(int count) => WriteEvent(8, count);

    [Event(9, Level = EventLevel.Error)]
    private void CertificateReloadFailed(string error, string message) => WriteEvent(9, error, message);

    [NonEvent]
    internal void TellHandshakeStart(bool isServer, string targetHost)
    {
        if (IsEnabled(EventLevel.Informational, EventKeywords.None))
        {
            HandshakeStart(isServer, targetHost);
        }
    }

    [NonEvent]
    internal void TellHandshakeSuccess(SslProtocols protocol, TimeSpan duration)
    {
        if (IsEnabled())
        {
            _counters?.Record(protocol, duration);
            TellHandshakeStop(protocol);
        }
    }

    /// <summary>As with SslStream, a failed handshake has both events.</summary>
    [NonEvent]
    internal void TellHandshakeFailure(bool isServer, TimeSpan duration, in HandshakeFailure failure)
    {
        if (IsEnabled(EventLevel.Error, EventKeywords.None))
        {
            HandshakeFailed(
                isServer, duration.TotalMilliseconds, failure.Exception.Message, failure.Error, failure.LastMessage ?? "",
                failure.Alert is { } alert ? TagValues.Of(alert) : "", failure.Advice ?? "", failure.Peer?.ToString() ?? "");
        }

        TellHandshakeStop(SslProtocols.None);
    }

    [NonEvent]
    internal void TellAlertReceived(bool isServer, TlsAlert alert)
    {
        if (IsEnabled(EventLevel.Informational, EventKeywords.None))
        {
            AlertReceived(isServer, TagValues.Of(alert));
        }
    }

    [NonEvent]
    internal void TellAlertSent(bool isServer, TlsAlert alert)
    {
        if (IsEnabled(EventLevel.Informational, EventKeywords.None))
        {
            AlertSent(isServer, TagValues.Of(alert));
        }
    }

    [NonEvent]
    internal void TellBlindingStarted(string budget, TimeSpan delay)
    {
        if (IsEnabled(EventLevel.Warning, EventKeywords.None))
        {
            BlindingStarted(budget, delay.TotalMilliseconds);
        }
    }

    [NonEvent]
    internal void TellBlindingStopped(string budget, bool isCutShort)
    {
        if (IsEnabled(EventLevel.Informational, EventKeywords.None))
        {
            BlindingStopped(budget, isCutShort);
        }
    }

    [NonEvent]
    internal void TellCertificatesReloaded(int count)
    {
        if (IsEnabled(EventLevel.Informational, EventKeywords.None))
        {
            CertificatesReloaded(count);
        }
    }

    [NonEvent]
    internal void TellCertificateReloadFailed(string error, string message)
    {
        if (IsEnabled(EventLevel.Error, EventKeywords.None))
        {
            CertificateReloadFailed(error, message);
        }
    }

    [NonEvent]
    private void TellHandshakeStop(SslProtocols protocol)
    {
        if (IsEnabled(EventLevel.Informational, EventKeywords.None))
        {
            HandshakeStop((int)protocol);
        }
    }

    /// <param name="start">Where the text is.</param>
    /// <param name="text">With the zero that ends it.</param>
    [NonEvent]
    private static unsafe EventData Text(char* start, string text) => new() { DataPointer = (nint)start, Size = (text.Length + 1) * sizeof(char) };
}
