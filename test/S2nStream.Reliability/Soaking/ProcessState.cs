using System.Runtime.InteropServices;

namespace S2nTls.Reliability.Soaking;

/// <summary>What this process holds: all that is resident, and of it what the two heaps have given out.</summary>
/// <remarks>What is resident and in neither is code, the runtime, and free memory that the heaps keep.</remarks>
internal sealed partial record ProcessState(double Mebibytes, HeapState Managed, HeapState Native, int Handles, int Threads)
{
    private const double Mebi = 1024 * 1024;

    internal static ProcessState Now()
    {
        string[] status = File.ReadAllLines("/proc/self/status");
        return new ProcessState(
            Field(status, "VmRSS:") * 1024 / Mebi,
            new HeapState(GC.GetTotalMemory(forceFullCollection: false) / Mebi, GC.GetGCMemoryInfo().TotalCommittedBytes / Mebi),
            NativeHeap(),
            Directory.GetFileSystemEntries("/proc/self/fd").Length,
            (int)Field(status, "Threads:"));
    }

    /// <summary>The same, after both heaps have given back what they do not need: what is left is really held.</summary>
    internal static ProcessState Settled()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = malloc_trim(0);
        return Now();
    }

    public override string ToString() => $"{Mebibytes:N0} MiB (managed {Managed}, native {Native}), {Handles:N0} handles, {Threads} threads";

    private static long Field(string[] status, string name) =>
        long.Parse(status.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[0]);

    private static HeapState NativeHeap()
    {
        AllocatorState state = mallinfo2();
        return new HeapState(((double)state.uordblks + state.hblkhd) / Mebi, ((double)state.arena + state.hblkhd) / Mebi);
    }

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint keep);

    [LibraryImport("libc")]
    private static partial AllocatorState mallinfo2();

    /// <summary>glibc's own names: <c>arena</c> is what all arenas have, <c>uordblks</c> what is given out of it, <c>hblkhd</c> what is mapped for large blocks.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct AllocatorState
    {
        public readonly nuint arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
    }
}
