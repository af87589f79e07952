using System.Runtime.InteropServices;

namespace S2nTls.Interop;

internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_master_secret(ConnectionHandle connection, Span<byte> secretBytes, nuint maxSize);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_tls_exporter(
        ConnectionHandle connection, ReadOnlySpan<byte> label, uint labelLength, ReadOnlySpan<byte> context, uint contextLength, Span<byte> output, uint outputLength);
}
