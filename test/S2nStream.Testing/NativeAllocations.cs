using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using S2nTls.Interop;

namespace S2nTls.Testing;

/// <summary>
/// Counts what s2n allocates, through <c>s2n_mem_set_callbacks</c>. The hook must be in place before s2n
/// starts, so this assembly installs it when it is loaded.
/// </summary>
public static class NativeAllocations
{
    private static long s_live;

    /// <summary>How many of s2n's allocations are not freed now.</summary>
    public static long Live => Volatile.Read(ref s_live);

    /// <summary>
    /// Collects garbage until the count has not changed for longer than the tests' blinding delays: what is
    /// live then is really held.
    /// </summary>
    public static Task<long> SettledAsync() => SettledAsync(until: -1);

    /// <summary>As <see cref="SettledAsync()"/>, but ends as soon as no more is live than was before: then nothing was left.</summary>
    public static Task<long> BackToAsync(long before) => SettledAsync(until: before);

    private static async Task<long> SettledAsync(long until)
    {
        long last = -1;
        for (int unchanged = 0, i = 0; unchanged < 25 && i < 400; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            ConnectionPark.Clear();
            if (Live <= until)
            {
                return Live;
            }

            await Task.Delay(50);
            unchanged = Live == last ? unchanged + 1 : 0;
            last = Live;
        }

        return last;
    }

#pragma warning disable CA2255 // a test library: the counter must be there before any test runs
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static unsafe void Install()
    {
        nint library = NativeLibraryLoader.Load();
        var setCallbacks = (delegate* unmanaged<
            delegate* unmanaged<int>, delegate* unmanaged<int>,
            delegate* unmanaged<void**, uint, uint*, int>, delegate* unmanaged<void*, uint, int>, int>)
            NativeLibrary.GetExport(library, "s2n_mem_set_callbacks");
        if (setCallbacks(&Nothing, &Nothing, &Allocate, &Free) != 0)
        {
            throw new InvalidOperationException("s2n_mem_set_callbacks failed.");
        }
    }

    [UnmanagedCallersOnly]
    private static int Nothing() => 0;

    [UnmanagedCallersOnly]
    private static unsafe int Allocate(void** pointer, uint requested, uint* allocated)
    {
        *pointer = NativeMemory.Alloc(requested);
        *allocated = requested;
        Interlocked.Increment(ref s_live);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static unsafe int Free(void* pointer, uint size)
    {
        NativeMemory.Free(pointer);
        Interlocked.Decrement(ref s_live);
        return 0;
    }
}
