using System.Security.Authentication;

namespace S2nTls.Telemetry;

/// <summary>Reports what became of a session that a client offered, and of its early data.</summary>
internal static class SessionReport
{
    /// <summary>Whether it matters if a session was offered.</summary>
    internal static bool IsWanted => S2nMeter.SessionsOffered.Enabled || S2nMeter.SessionsResumed.Enabled;

    internal static void Tell(bool isServer, SslProtocols protocol, bool isOffered, bool isResumed)
    {
        KeyValuePair<string, object?> side = new(TagNames.Side, TagValues.Side(isServer));
        KeyValuePair<string, object?> name = new(TagNames.ProtocolName, TagValues.Tls);
        KeyValuePair<string, object?> version = new(TagNames.ProtocolVersion, TagValues.Version(protocol));
        if (isOffered || isResumed)
        {
            S2nMeter.SessionsOffered.Add(1, side, name, version);
        }

        if (isResumed)
        {
            S2nMeter.SessionsResumed.Add(1, side, name, version);
        }
    }

    internal static void TellEarlyData(bool isServer, bool isAccepted) => S2nMeter.EarlyData.Add(
        1,
        new(TagNames.Side, TagValues.Side(isServer)),
        new KeyValuePair<string, object?>(TagNames.EarlyDataOutcome, isAccepted ? "accepted" : "rejected"));
}
