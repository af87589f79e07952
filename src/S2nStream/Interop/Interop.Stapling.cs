using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <remarks>Data set on a certificate is copied. Data returned by a connection belongs to it, and is valid as long as it is.</remarks>
internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_cert_chain_and_key_set_ocsp_data(CertificateHandle chainAndKey, ReadOnlySpan<byte> data, uint length);

    [LibraryImport(Library)]
    internal static partial int s2n_cert_chain_and_key_set_sct_list(CertificateHandle chainAndKey, ReadOnlySpan<byte> data, uint length);

    /// <param name="config">The config.</param>
    /// <param name="type">0: none. 1: OCSP.</param>
    [LibraryImport(Library)]
    internal static partial int s2n_config_set_status_request_type(ConfigHandle config, int type);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_check_stapled_ocsp_response(ConfigHandle config, byte checkOcsp);

    /// <param name="config">The config.</param>
    /// <param name="level">0: none. 1: requested.</param>
    [LibraryImport(Library)]
    internal static partial int s2n_config_set_ct_support_level(ConfigHandle config, int level);

    [LibraryImport(Library)]
    internal static partial byte* s2n_connection_get_ocsp_response(ConnectionHandle connection, out uint length);

    [LibraryImport(Library)]
    internal static partial byte* s2n_connection_get_sct_list(ConnectionHandle connection, out uint length);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_is_ocsp_stapled(ConnectionHandle connection);
}
