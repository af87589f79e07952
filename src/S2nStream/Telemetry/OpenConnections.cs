using System.Diagnostics.Metrics;
using System.Security.Authentication;

namespace S2nTls.Telemetry;

/// <summary>How many authenticated connections are open, in the whole process. Counted whether or not anyone listens.</summary>
internal static class OpenConnections
{
    /// <summary>The place of a connection that is not counted.</summary>
    internal const byte Nowhere = 0;

#pragma warning disable SYSLIB0039, CA5397, CS0618 // only to count them
    private static readonly SslProtocols[] s_protocols = [SslProtocols.None, SslProtocols.Tls, SslProtocols.Tls11, SslProtocols.Tls12, SslProtocols.Tls13];
#pragma warning restore SYSLIB0039, CA5397, CS0618

    private static readonly long[] s_open = new long[1 + (2 * s_protocols.Length)];

    /// <summary>Which places were ever used: the others are not reported.</summary>
    private static readonly bool[] s_isUsed = new bool[s_open.Length];

    /// <summary>Counts a connection.</summary>
    /// <returns>Its place, for <see cref="Leave"/>.</returns>
    internal static byte Enter(bool isServer, SslProtocols protocol)
    {
        int place = PlaceOf(isServer, protocol);
        s_isUsed[place] = true;
        Interlocked.Increment(ref s_open[place]);
        return (byte)place;
    }

    /// <summary>The connection is freed. Called by finalizers too.</summary>
    internal static void Leave(byte place)
    {
        if (place != Nowhere)
        {
            Interlocked.Decrement(ref s_open[place]);
        }
    }

    /// <summary>How many speak this version, on either side; all for <see cref="SslProtocols.None"/>.</summary>
    internal static long Count(SslProtocols protocol) => protocol == SslProtocols.None
        ? s_protocols.Sum(each => Count(isServer: false, each) + Count(isServer: true, each))
        : Count(isServer: false, protocol) + Count(isServer: true, protocol);

    internal static IEnumerable<Measurement<long>> Observe()
    {
        foreach (bool isServer in (bool[])[false, true])
        {
            foreach (SslProtocols protocol in s_protocols)
            {
                if (s_isUsed[PlaceOf(isServer, protocol)])
                {
                    yield return new Measurement<long>(
                        Count(isServer, protocol),
                        new(TagNames.Side, TagValues.Side(isServer)),
                        new(TagNames.ProtocolName, TagValues.Tls),
                        new(TagNames.ProtocolVersion, TagValues.Version(protocol)));
                }
            }
        }
    }

    private static long Count(bool isServer, SslProtocols protocol) => Interlocked.Read(ref s_open[PlaceOf(isServer, protocol)]);

    private static int PlaceOf(bool isServer, SslProtocols protocol) =>
        1 + (isServer ? s_protocols.Length : 0) + Math.Max(0, Array.IndexOf(s_protocols, protocol));
}
