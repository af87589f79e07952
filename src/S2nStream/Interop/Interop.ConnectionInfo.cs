using System.Runtime.InteropServices;

namespace S2nTls.Interop;

internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_actual_protocol_version(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_cipher_iana_value(ConnectionHandle connection, out byte first, out byte second);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_key_exchange_group(ConnectionHandle connection, out byte* name);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_signature_scheme(ConnectionHandle connection, out byte* name);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_is_session_resumed(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_client_cert_used(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_peer_cert_chain(ConnectionHandle connection, CertificateHandle chain);

    /// <remarks>For callbacks, which get the connection; the chain's owner is in the same method.</remarks>
    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_peer_cert_chain(nint connection, nint chain);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_alert(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial byte* s2n_connection_get_handshake_type_name(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial byte* s2n_connection_get_last_message_name(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial ulong s2n_connection_get_wire_bytes_in(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial ulong s2n_connection_get_wire_bytes_out(ConnectionHandle connection);

    /// <remarks>For a connection that is about to be freed, or that the caller holds.</remarks>
    [LibraryImport(Library)]
    internal static partial ulong s2n_connection_get_wire_bytes_in(nint connection);

    /// <inheritdoc cref="s2n_connection_get_wire_bytes_in(nint)"/>
    [LibraryImport(Library)]
    internal static partial ulong s2n_connection_get_wire_bytes_out(nint connection);

    /// <inheritdoc cref="s2n_connection_get_wire_bytes_in(nint)"/>
    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_tickets_sent(nint connection, out ushort count);

    [LibraryImport(Library)]
    internal static partial byte* s2n_get_application_protocol(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial byte* s2n_get_server_name(ConnectionHandle connection);
}
