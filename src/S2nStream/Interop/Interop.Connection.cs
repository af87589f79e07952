using System.Runtime.InteropServices;

namespace S2nTls.Interop;

internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial nint s2n_connection_new(Mode mode);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_free(nint connection);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_wipe(nint connection);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_set_config(ConnectionHandle connection, ConfigHandle config);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_set_config(nint connection, ConfigHandle config);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_set_ctx(ConnectionHandle connection, nint context);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_set_blinding(ConnectionHandle connection, Blinding blinding);

    /// <remarks>The name is copied. From the first one on, those of the config do not apply to this connection.</remarks>
    [LibraryImport(Library)]
    internal static partial int s2n_connection_append_protocol_preference(ConnectionHandle connection, ReadOnlySpan<byte> protocol, byte length);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_prefer_throughput(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_prefer_low_latency(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_set_dynamic_record_threshold(ConnectionHandle connection, uint bytes, ushort seconds);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_release_buffers(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_set_dynamic_buffers(ConnectionHandle connection, [MarshalAs(UnmanagedType.U1)] bool enabled);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_free_handshake(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial ulong s2n_connection_get_delay(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_set_recv_ctx(ConnectionHandle connection, nint context);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_set_send_ctx(ConnectionHandle connection, nint context);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_set_recv_cb(
        ConnectionHandle connection, delegate* unmanaged<nint, byte*, uint, int> receive);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_set_send_cb(
        ConnectionHandle connection, delegate* unmanaged<nint, byte*, uint, int> send);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_set_verify_host_callback(
        ConnectionHandle connection, delegate* unmanaged<byte*, nuint, nint, byte> verify, nint context);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int s2n_set_server_name(ConnectionHandle connection, string serverName);
}

/// <summary><c>s2n_mode</c></summary>
internal enum Mode
{
    Server = 0,
    Client = 1,
}

/// <summary><c>s2n_blinding</c></summary>
internal enum Blinding
{
    BuiltIn = 0,
    SelfService = 1,
}
