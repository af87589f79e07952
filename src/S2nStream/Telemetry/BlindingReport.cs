using System.Diagnostics.Metrics;

namespace S2nTls.Telemetry;

/// <summary>Reports the waits between blinded errors and their answers.</summary>
internal static class BlindingReport
{
    private static long s_waiting;

    internal static long Waiting => Interlocked.Read(ref s_waiting);

    /// <param name="budget">Which errors it waits with.</param>
    /// <param name="delay">How long it is to wait.</param>
    internal static void Begin(string budget, TimeSpan delay)
    {
        Interlocked.Increment(ref s_waiting);
        S2nEventSource.Log.TellBlindingStarted(budget, delay);
    }

    internal static void End(string budget, bool isCutShort)
    {
        Interlocked.Decrement(ref s_waiting);
        S2nEventSource.Log.TellBlindingStopped(budget, isCutShort);
        Counter<long> waits = S2nMeter.BlindingWaits;
        if (waits.Enabled)
        {
            waits.Add(
                1,
                new(TagNames.BlindingBudget, budget),
                new KeyValuePair<string, object?>(TagNames.BlindingOutcome, isCutShort ? "cut_short" : "complete"));
        }
    }
}
