using System.Runtime.InteropServices;

namespace S2nTls.Interop;

internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial nint s2n_cert_chain_and_key_new();

    [LibraryImport(Library)]
    internal static partial int s2n_cert_chain_and_key_free(nint certAndKey);

    [LibraryImport(Library)]
    internal static partial int s2n_cert_chain_and_key_load_pem_bytes(
        CertificateHandle chainAndKey, ReadOnlySpan<byte> chainPem, uint chainPemLength, ReadOnlySpan<byte> privateKeyPem, uint privateKeyPemLength);

    [LibraryImport(Library)]
    internal static partial int s2n_cert_chain_get_length(CertificateHandle chainAndKey, out uint length);

    [LibraryImport(Library)]
    internal static partial int s2n_cert_chain_get_cert(CertificateHandle chainAndKey, out nint certificate, uint index);

    /// <remarks>For a chain that a connection has selected: it belongs to the connection's config.</remarks>
    [LibraryImport(Library)]
    internal static partial int s2n_cert_chain_get_cert(nint chainAndKey, out nint certificate, uint index);

    /// <remarks>For a chain whose owner is in the same method.</remarks>
    [LibraryImport(Library)]
    internal static partial int s2n_cert_chain_get_length(nint chainAndKey, out uint length);

    [LibraryImport(Library)]
    internal static partial int s2n_cert_get_der(nint certificate, out byte* der, out uint length);
}
