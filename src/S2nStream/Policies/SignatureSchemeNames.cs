using System.Globalization;

namespace S2nTls.Policies;

/// <summary>IANA's names of the signature schemes (TLS SignatureScheme), as s2n has them too; those of TLS 1.2 that IANA gave none have s2n's.</summary>
internal static class SignatureSchemeNames
{
    internal static string Of(ushort number) => number switch
    {
        0x0201 => "rsa_pkcs1_sha1",
        0x0203 => "ecdsa_sha1",
        0x0301 => "legacy_rsa_sha224",
        0x0303 => "legacy_ecdsa_sha224",
        0x0401 => "rsa_pkcs1_sha256",
        0x0403 => "ecdsa_secp256r1_sha256",
        0x0501 => "rsa_pkcs1_sha384",
        0x0503 => "ecdsa_secp384r1_sha384",
        0x0601 => "rsa_pkcs1_sha512",
        0x0603 => "ecdsa_secp521r1_sha512",
        0x0804 => "rsa_pss_rsae_sha256",
        0x0805 => "rsa_pss_rsae_sha384",
        0x0806 => "rsa_pss_rsae_sha512",
        0x0809 => "rsa_pss_pss_sha256",
        0x080a => "rsa_pss_pss_sha384",
        0x080b => "rsa_pss_pss_sha512",
        0x0904 => "mldsa44",
        0x0905 => "mldsa65",
        0x0906 => "mldsa87",
        _ => number.ToString("x4", CultureInfo.InvariantCulture),
    };
}
