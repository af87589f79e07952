namespace S2nTls.Certificates.Verification;

/// <summary>How certificates may be signed: the algorithms that TLS 1.3 has schemes for (RFC 8446 §4.2.3), including ML-DSA. Combine as flags.</summary>
[Flags]
internal enum CertificateSignatures
{
    /// <summary>Another algorithm, such as SHA-1 or MD5 with any key, or Ed25519, which s2n does not offer.</summary>
    None = 0,
    RsaSha256 = 1,
    RsaSha384 = 1 << 1,
    RsaSha512 = 1 << 2,

    /// <summary>RSASSA-PSS with any of these hashes: s2n does not distinguish them either.</summary>
    RsaPss = 1 << 3,
    EcdsaSha256 = 1 << 4,
    EcdsaSha384 = 1 << 5,
    EcdsaSha512 = 1 << 6,
    MLDsa44 = 1 << 7,
    MLDsa65 = 1 << 8,
    MLDsa87 = 1 << 9,

    /// <summary>Some security policies have it, so it is accepted in certificates that are sent but not needed. No chain may use it.</summary>
    RsaSha224 = 1 << 10,
    EcdsaSha224 = 1 << 11,

    Rsa = RsaSha256 | RsaSha384 | RsaSha512,
    Ecdsa = EcdsaSha256 | EcdsaSha384 | EcdsaSha512,
    Classical = Rsa | RsaPss | Ecdsa,
    MLDsa = MLDsa44 | MLDsa65 | MLDsa87,
    Sha224 = RsaSha224 | EcdsaSha224,

    /// <summary>The algorithms with which a chain may be signed.</summary>
    Taken = Classical | MLDsa,
}
