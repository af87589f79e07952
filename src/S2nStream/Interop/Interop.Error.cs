using System.Runtime.InteropServices;

namespace S2nTls.Interop;

internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    [SuppressGCTransition] // reads the address of a thread-local: a few nanoseconds
    internal static partial int* s2n_errno_location();

    [LibraryImport(Library)]
    internal static partial int s2n_error_get_type(int error);

    [LibraryImport(Library)]
    internal static partial byte* s2n_strerror(int error, ReadOnlySpan<byte> language);

    [LibraryImport(Library)]
    internal static partial byte* s2n_strerror_name(int error);

    [LibraryImport(Library)]
    internal static partial byte* s2n_strerror_source(int error);
}
