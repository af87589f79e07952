using System.Runtime.InteropServices;

namespace S2nTls.Interop;

internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial nint s2n_external_psk_new();

    /// <remarks>It zeroes what it frees, and the pointer.</remarks>
    [LibraryImport(Library)]
    internal static partial int s2n_psk_free(ref nint psk);

    /// <remarks>s2n copies the identity.</remarks>
    [LibraryImport(Library)]
    internal static partial int s2n_psk_set_identity(PreSharedKeyHandle psk, ReadOnlySpan<byte> identity, ushort length);

    /// <remarks>s2n copies the secret.</remarks>
    [LibraryImport(Library)]
    internal static partial int s2n_psk_set_secret(PreSharedKeyHandle psk, ReadOnlySpan<byte> secret, ushort length);

    [LibraryImport(Library)]
    internal static partial int s2n_psk_set_hmac(PreSharedKeyHandle psk, PreSharedKeyHash hash);

    [LibraryImport(Library)]
    internal static partial int s2n_psk_configure_early_data(PreSharedKeyHandle psk, uint maxSize, byte cipherSuiteFirst, byte cipherSuiteSecond);

    /// <remarks>s2n copies the key into the connection, and wipes that copy after the handshake.</remarks>
    [LibraryImport(Library)]
    internal static partial int s2n_connection_append_psk(ConnectionHandle connection, PreSharedKeyHandle psk);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_negotiated_psk_identity_length(nint connection, out ushort length);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_negotiated_psk_identity(nint connection, Span<byte> identity, ushort maxLength);
}

/// <summary><c>s2n_psk_hmac</c></summary>
internal enum PreSharedKeyHash
{
    Sha256 = 0,
    Sha384 = 1,
}
