namespace S2nTls.Telemetry;

/// <summary>
/// How many handshakes have begun and ended, in the whole process, on each side. They are counted whether or not anyone listens, so that a
/// listener that comes later sees the right numbers.
/// </summary>
internal static class HandshakeCounts
{
    private static readonly long[] s_started = new long[2];
    private static readonly long[] s_finished = new long[2];
    private static long s_failed;

    /// <summary>Those that ended, successfully or not.</summary>
    internal static long Finished => Read(s_finished, isServer: false) + Read(s_finished, isServer: true);

    internal static long Failed => Interlocked.Read(ref s_failed);

    internal static long Current => CurrentOn(isServer: false) + CurrentOn(isServer: true);

    internal static long CurrentOn(bool isServer)
    {
        long finished = Read(s_finished, isServer); // first, so that the difference is never negative
        return Read(s_started, isServer) - finished;
    }

    internal static void Begin(bool isServer) => Interlocked.Increment(ref Of(s_started, isServer));

    internal static void End(bool isServer, bool hasFailed)
    {
        if (hasFailed)
        {
            Interlocked.Increment(ref s_failed);
        }

        Interlocked.Increment(ref Of(s_finished, isServer));
    }

    private static long Read(long[] counts, bool isServer) => Interlocked.Read(ref Of(counts, isServer));

    private static ref long Of(long[] counts, bool isServer) => ref counts[isServer ? 1 : 0];
}
