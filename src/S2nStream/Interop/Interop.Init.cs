using System.Runtime.InteropServices;

namespace S2nTls.Interop;

internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_disable_atexit();

    [LibraryImport(Library)]
    internal static partial int s2n_init();
}
