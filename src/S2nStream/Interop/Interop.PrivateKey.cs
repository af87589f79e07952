using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <remarks>
/// Connections and certificates are plain pointers here: these functions are called inside the callback, with what s2n passes to it, and the
/// connection whose handshake runs keeps the certificate alive.
/// </remarks>
internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_config_set_async_pkey_callback(ConfigHandle config, delegate* unmanaged<nint, nint, int> callback);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_async_pkey_validation_mode(ConfigHandle config, PrivateKeyValidation mode);

    [LibraryImport(Library)]
    internal static partial int s2n_cert_chain_and_key_load_public_pem_bytes(CertificateHandle chainAndKey, ReadOnlySpan<byte> chainPem, uint chainPemLength);

    [LibraryImport(Library)]
    internal static partial int s2n_cert_chain_and_key_set_ctx(CertificateHandle certAndKey, nint context);

    [LibraryImport(Library)]
    internal static partial nint s2n_cert_chain_and_key_get_ctx(nint certAndKey);

    [LibraryImport(Library)]
    internal static partial nint s2n_cert_chain_and_key_get_private_key(nint certAndKey);

    [LibraryImport(Library)]
    internal static partial nint s2n_connection_get_selected_cert(nint connection);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_selected_signature_algorithm(nint connection, out SignatureAlgorithm algorithm);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_selected_digest_algorithm(nint connection, out DigestAlgorithm algorithm);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_selected_client_cert_signature_algorithm(nint connection, out SignatureAlgorithm algorithm);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_selected_client_cert_digest_algorithm(nint connection, out DigestAlgorithm algorithm);

    [LibraryImport(Library)]
    internal static partial int s2n_async_pkey_op_get_op_type(PrivateKeyOperationHandle operation, out PrivateKeyOperation type);

    [LibraryImport(Library)]
    internal static partial int s2n_async_pkey_op_get_input_size(PrivateKeyOperationHandle operation, out uint length);

    [LibraryImport(Library)]
    internal static partial int s2n_async_pkey_op_get_input(PrivateKeyOperationHandle operation, Span<byte> destination, uint length);

    [LibraryImport(Library)]
    internal static partial int s2n_async_pkey_op_set_output(PrivateKeyOperationHandle operation, ReadOnlySpan<byte> source, uint length);

    [LibraryImport(Library)]
    internal static partial int s2n_async_pkey_op_perform(PrivateKeyOperationHandle operation, nint privateKey);

    [LibraryImport(Library)]
    internal static partial int s2n_async_pkey_op_apply(PrivateKeyOperationHandle operation, nint connection);

    /// <remarks>Called after the callback: s2n_negotiate continues where it waited.</remarks>
    [LibraryImport(Library)]
    internal static partial int s2n_async_pkey_op_apply(PrivateKeyOperationHandle operation, ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int s2n_async_pkey_op_free(nint operation);
}

/// <summary><c>s2n_async_pkey_op_type</c></summary>
internal enum PrivateKeyOperation
{
    Decrypt = 0,
    Sign = 1,
}

/// <summary><c>s2n_async_pkey_validation_mode</c></summary>
internal enum PrivateKeyValidation
{
    Fast = 0,
    Strict = 1,
}

/// <summary><c>s2n_tls_signature_algorithm</c></summary>
internal enum SignatureAlgorithm
{
    RsaPkcs1 = 1,
    Ecdsa = 3,
    RsaPssRsae = 224,
    RsaPssPss = 225,
}

/// <summary><c>s2n_tls_hash_algorithm</c></summary>
internal enum DigestAlgorithm
{
    Sha1 = 2,
    Sha256 = 4,
    Sha384 = 5,
    Sha512 = 6,
}
