using System.Runtime.InteropServices;

namespace S2nTls.Interop;

internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial nint s2n_config_new_minimal();

    [LibraryImport(Library)]
    internal static partial int s2n_config_free(nint config);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int s2n_config_set_cipher_preferences(ConfigHandle config, string version);

    [LibraryImport(Library)]
    internal static partial int s2n_config_add_cert_chain_and_key_to_store(ConfigHandle config, CertificateHandle certKeyPair);

    [LibraryImport(Library)]
    internal static partial int s2n_config_add_pem_to_trust_store(ConfigHandle config, ReadOnlySpan<byte> pem);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int s2n_config_set_verification_ca_location(ConfigHandle config, string? caPemFile, string? caDirectory);

    [LibraryImport(Library)]
    internal static partial int s2n_config_append_protocol_preference(ConfigHandle config, ReadOnlySpan<byte> protocol, byte length);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_client_auth_type(ConfigHandle config, CertAuthType type);

    /// <param name="config">The config.</param>
    /// <param name="behavior">1: TLS 1.2 warnings are ignored.</param>
    [LibraryImport(Library)]
    internal static partial int s2n_config_set_alert_behavior(ConfigHandle config, int behavior);

    /// <param name="config">The config.</param>
    /// <param name="code">RFC 6066's code: 1 for 2^9 bytes to 4 for 2^12.</param>
    [LibraryImport(Library)]
    internal static partial int s2n_config_send_max_fragment_length(ConfigHandle config, int code);

    [LibraryImport(Library)]
    internal static partial int s2n_config_accept_max_fragment_length(ConfigHandle config);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_max_blinding_delay(ConfigHandle config, uint seconds);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_monotonic_clock(
        ConfigHandle config, delegate* unmanaged<nint, ulong*, int> clock, nint context);
}

/// <summary><c>s2n_cert_auth_type</c></summary>
internal enum CertAuthType
{
    None = 0,
    Required = 1,
    Optional = 2,
}
