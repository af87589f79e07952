using System.Diagnostics.Metrics;

namespace S2nTls.Telemetry;

/// <summary>
/// What has passed on the wire, in the whole process. s2n counts for each connection; this adds it up when a connection ends or becomes idle, and for those
/// in use when someone looks. So nothing is counted per record, and a total is right whenever it is read.
/// </summary>
internal static class WireTraffic
{
    private static readonly long[] s_received = new long[2];
    private static readonly long[] s_sent = new long[2];
    private static long s_ticketsIssued;

    /// <summary>Makes the connections in use report; set by those who know them.</summary>
    internal static Action Refresh { get; set; } = static () => { };

    internal static void Add(bool isServer, long received, long sent, long ticketsIssued)
    {
        Interlocked.Add(ref s_received[Index(isServer)], received);
        Interlocked.Add(ref s_sent[Index(isServer)], sent);
        if (ticketsIssued != 0)
        {
            Interlocked.Add(ref s_ticketsIssued, ticketsIssued);
        }
    }

    internal static IEnumerable<Measurement<long>> ObserveBytes()
    {
        Refresh();
        foreach (bool isServer in (bool[])[false, true])
        {
            yield return Bytes(s_received, isServer, TagValues.Receive);
            yield return Bytes(s_sent, isServer, TagValues.Transmit);
        }
    }

    internal static long ObserveTickets()
    {
        Refresh();
        return Interlocked.Read(ref s_ticketsIssued);
    }

    private static Measurement<long> Bytes(long[] counts, bool isServer, string direction) => new(
        Interlocked.Read(ref counts[Index(isServer)]),
        new(TagNames.Side, TagValues.Side(isServer)),
        new(TagNames.Direction, direction));

    private static int Index(bool isServer) => isServer ? 1 : 0;
}
