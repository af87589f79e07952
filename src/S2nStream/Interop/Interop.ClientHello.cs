using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <remarks>These are called inside s2n's callback, with the pointers that it passes: valid until the callback returns.</remarks>
internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_config_set_client_hello_cb(ConfigHandle config, delegate* unmanaged<nint, nint, int> callback, nint context);

    [LibraryImport(Library)]
    internal static partial nint s2n_connection_get_ctx(nint connection);

    [LibraryImport(Library)]
    internal static partial nint s2n_connection_get_client_hello(nint connection);

    [LibraryImport(Library)]
    internal static partial nint s2n_client_hello_get_extension_length(nint clientHello, ushort extension);

    [LibraryImport(Library)]
    internal static partial nint s2n_client_hello_get_extension_by_id(nint clientHello, ushort extension, byte* destination, uint maxLength);
}
