using System.Runtime.InteropServices;

namespace S2nTls.Interop;

internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_disable_atexit();

    [LibraryImport(Library)]
    internal static partial int s2n_init();

    /// <param name="mode">1: the cryptographic library runs as its FIPS module.</param>
    [LibraryImport(Library)]
    internal static partial int s2n_get_fips_mode(out int mode);
}
