using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <remarks>The raw pointers are those that s2n passes to its callbacks: valid until the callback returns.</remarks>
internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_config_disable_x509_verification(ConfigHandle config);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_cert_validation_cb(ConfigHandle config, delegate* unmanaged<nint, nint, nint, int> callback, nint context);

    [LibraryImport(Library)]
    internal static partial int s2n_cert_validation_accept(nint info);

    /// <remarks>The chain belongs to the connection.</remarks>
    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_client_cert_chain(nint connection, out byte* derCertChain, out uint length);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_key_log_cb(ConfigHandle config, delegate* unmanaged<nint, nint, byte*, nuint, int> callback, nint context);
}
