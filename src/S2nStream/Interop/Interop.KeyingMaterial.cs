using System.Runtime.InteropServices;

namespace S2nTls.Interop;

internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_master_secret(ConnectionHandle connection, byte* secretBytes, nuint maxSize);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_tls_exporter(
        ConnectionHandle connection, byte* label, uint labelLength, byte* context, uint contextLength, byte* output, uint outputLength);
}
