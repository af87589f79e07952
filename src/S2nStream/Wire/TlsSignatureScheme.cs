namespace S2nTls;

/// <summary>Signature algorithms, by their numbers in IANA's registry of TLS SignatureScheme (RFC 8446 §4.2.3). A peer may send values that have no name here.</summary>
public enum TlsSignatureScheme
{
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-1.</summary>
    RsaPkcs1Sha1 = 0x0201,
    /// <summary>ECDSA with SHA-1.</summary>
    EcdsaSha1 = 0x0203,
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-224, of TLS 1.2 (RFC 5246 §7.4.1.4.1); no longer in the registry.</summary>
    RsaPkcs1Sha224 = 0x0301,
    /// <summary>ECDSA with SHA-224, of TLS 1.2; no longer in the registry.</summary>
    EcdsaSha224 = 0x0303,
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    RsaPkcs1Sha256 = 0x0401,
    /// <summary>ECDSA with SHA-256; on TLS 1.3 with P-256.</summary>
    EcdsaSecp256R1Sha256 = 0x0403,
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-384.</summary>
    RsaPkcs1Sha384 = 0x0501,
    /// <summary>ECDSA with SHA-384; on TLS 1.3 with P-384.</summary>
    EcdsaSecp384R1Sha384 = 0x0503,
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-512.</summary>
    RsaPkcs1Sha512 = 0x0601,
    /// <summary>ECDSA with SHA-512; on TLS 1.3 with P-521.</summary>
    EcdsaSecp521R1Sha512 = 0x0603,
    /// <summary>RSASSA-PSS with SHA-256 and an rsaEncryption key.</summary>
    RsaPssRsaeSha256 = 0x0804,
    /// <summary>RSASSA-PSS with SHA-384 and an rsaEncryption key.</summary>
    RsaPssRsaeSha384 = 0x0805,
    /// <summary>RSASSA-PSS with SHA-512 and an rsaEncryption key.</summary>
    RsaPssRsaeSha512 = 0x0806,
    /// <summary>Ed25519.</summary>
    Ed25519 = 0x0807,
    /// <summary>Ed448.</summary>
    Ed448 = 0x0808,
    /// <summary>RSASSA-PSS with SHA-256 and an RSASSA-PSS key.</summary>
    RsaPssPssSha256 = 0x0809,
    /// <summary>RSASSA-PSS with SHA-384 and an RSASSA-PSS key.</summary>
    RsaPssPssSha384 = 0x080a,
    /// <summary>RSASSA-PSS with SHA-512 and an RSASSA-PSS key.</summary>
    RsaPssPssSha512 = 0x080b,
    /// <summary>ML-DSA-44 (FIPS 204).</summary>
    MLDsa44 = 0x0904,
    /// <summary>ML-DSA-65 (FIPS 204).</summary>
    MLDsa65 = 0x0905,
    /// <summary>ML-DSA-87 (FIPS 204).</summary>
    MLDsa87 = 0x0906,
}
