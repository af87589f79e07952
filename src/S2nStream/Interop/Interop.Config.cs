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
    internal static partial int s2n_config_add_pem_to_trust_store(ConfigHandle config, byte* pem);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int s2n_config_set_verification_ca_location(ConfigHandle config, string? caPemFile, string? caDirectory);

    [LibraryImport(Library)]
    internal static partial int s2n_config_append_protocol_preference(ConfigHandle config, byte* protocol, byte length);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_client_auth_type(ConfigHandle config, CertAuthType type);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_max_blinding_delay(ConfigHandle config, uint seconds);
}

/// <summary><c>s2n_cert_auth_type</c></summary>
internal enum CertAuthType
{
    None = 0,
    Required = 1,
    Optional = 2,
}
