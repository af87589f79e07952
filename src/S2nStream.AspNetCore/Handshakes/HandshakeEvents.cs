using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Tracing;
using System.Security.Authentication;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>
/// Kestrel's handshake events, in its own event source, so that its listeners see these handshakes too.
/// </summary>
/// <remarks>
/// Neither the source's type nor its event numbers are public: these events have Kestrel's names, levels, opcodes and payloads, but no number (it
/// is -1). The source's counters are private fields, and stay at zero.
/// </remarks>
internal static class HandshakeEvents
{
    private const string Serialized = "The payloads are strings.";

    private static readonly EventSourceOptions s_start = new() { Level = EventLevel.Informational, Opcode = EventOpcode.Start };
    private static readonly EventSourceOptions s_stop = new() { Level = EventLevel.Informational, Opcode = EventOpcode.Stop };
    private static readonly EventSourceOptions s_failed = new() { Level = EventLevel.Error };

    /// <summary>Kestrel has made it before it hands over the first connection.</summary>
    private static readonly Lazy<EventSource?> s_kestrels =
        new(static () => EventSource.GetSources().FirstOrDefault(static source => source.Name == "Microsoft-AspNetCore-Server-Kestrel"));

    private static EventSource? Listened => s_kestrels.Value is { } source && source.IsEnabled() ? source : null;

    /// <summary>The security policy chooses the versions later: for Kestrel this is <c>None</c>.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Serialized)]
    internal static void Start(string connectionId) =>
        Listened?.Write("TlsHandshakeStart", s_start, new { connectionId, sslProtocols = nameof(SslProtocols.None) });

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Serialized)]
    internal static void Stop(string connectionId, S2nStream stream) => Listened?.Write("TlsHandshakeStop", s_stop, new
    {
        connectionId,
        sslProtocols = stream.SslProtocol.ToString(),
        applicationProtocol = stream.NegotiatedApplicationProtocol.ToString(),
        hostName = stream.TargetHostName,
    });

    /// <summary>In Kestrel, a failed handshake also raises the stop event.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Serialized)]
    internal static void Fail(string connectionId)
    {
        if (Listened is { } source)
        {
            source.Write("TlsHandshakeFailed", s_failed, new { connectionId });
            source.Write("TlsHandshakeStop", s_stop, new { connectionId, sslProtocols = "", applicationProtocol = "", hostName = "" });
        }
    }
}
