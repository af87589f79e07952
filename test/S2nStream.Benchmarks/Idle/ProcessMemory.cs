namespace S2nTls.Benchmarks.Idle;

/// <summary>What memory this process holds.</summary>
/// <param name="Total">Bytes that it has to itself (USS: private clean and dirty pages).</param>
/// <param name="ManagedCommitted">Bytes that the managed heap has from the system.</param>
internal sealed record ProcessMemory(long Total, long ManagedCommitted)
{
    /// <summary>Measures after a full, compacting collection that gives back what is free.</summary>
    internal static ProcessMemory Now()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return new ProcessMemory(PrivateBytes(), GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes);
    }

    private static long PrivateBytes() => File.ReadLines("/proc/self/smaps_rollup")
        .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024);
}
