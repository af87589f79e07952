using System.Runtime.InteropServices;
using S2nTls.Transport;

namespace S2nTls.Interop;

/// <remarks>A client hello belongs to its connection: it is valid as long as the connection, also after the callback.</remarks>
internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_config_set_client_hello_cb(ConfigHandle config, delegate* unmanaged<nint, nint, int> callback, nint context);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_client_hello_cb_mode(ConfigHandle config, ClientHelloCallbackMode mode);

    [LibraryImport(Library)]
    internal static partial int s2n_client_hello_cb_done(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_server_name_extension_used(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial nint s2n_client_hello_get_raw_message_length(nint clientHello);

    [LibraryImport(Library)]
    internal static partial nint s2n_client_hello_get_raw_message(nint clientHello, Span<byte> destination, uint maxLength);

    [LibraryImport(Library)]
    internal static partial int s2n_client_hello_get_random(nint clientHello, Span<byte> destination, uint maxLength);

    [LibraryImport(Library)]
    internal static partial nint s2n_connection_get_ctx(nint connection);

    [LibraryImport(Library)]
    internal static partial nint s2n_connection_get_client_hello(nint connection);

    [LibraryImport(Library)]
    internal static partial nint s2n_client_hello_get_extension_length(nint clientHello, ushort extension);

    [LibraryImport(Library)]
    internal static partial nint s2n_client_hello_get_extension_by_id(nint clientHello, ushort extension, Span<byte> destination, uint maxLength);
}

/// <summary><c>s2n_client_hello_cb_mode</c></summary>
internal enum ClientHelloCallbackMode
{
    Blocking = 0,
    NonBlocking = 1,
}
