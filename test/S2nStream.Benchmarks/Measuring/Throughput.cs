using System.Diagnostics;

namespace S2nTls.Benchmarks.Measuring;

/// <summary>A trial that repeats a piece of work: how much of it a second of CPU time does, and a second of the clock.</summary>
internal abstract class Throughput : Trial
{
    /// <summary>The rows of a scenario whose trials are of this kind.</summary>
    internal static IReadOnlyList<Row> Rows(string name, string title, string unit, bool showClock = false, bool showAllocated = false) =>
    [
        new(name, title, $"{unit} / CPU-s", Better.More),
        new($"{name}.clock", $"{title}, by the clock", $"{unit} / s", Better.More) { InTable = showClock },
        new($"{name}.allocated", $"{title}: allocated", $"B / {unit}", Better.Less) { InTable = showAllocated },
    ];

    /// <summary>Does a batch of work: some milliseconds of it, so that looking at the clock in between costs nothing.</summary>
    /// <returns>How many units of work that was.</returns>
    protected abstract Task<double> WorkAsync();

    /// <remarks>
    /// The CPU time is that of the whole process, user and system (getrusage): both ends, the thread pool and
    /// the collector are in it, other processes are not.
    /// </remarks>
    internal override async Task<double[]> MeasureAsync(TimeSpan time)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        double units = 0;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        do
        {
            units += await WorkAsync();
        }
        while (Stopwatch.GetElapsedTime(start) < time);

        TimeSpan clock = Stopwatch.GetElapsedTime(start);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        return [units / cpu.TotalSeconds, units / clock.TotalSeconds, allocated / units];
    }
}
