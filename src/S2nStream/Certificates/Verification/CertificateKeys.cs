namespace S2nTls.Certificates.Verification;

/// <summary>Keys in certificates that security policies restrict. Combine as flags.</summary>
[Flags]
internal enum CertificateKeys
{
    /// <summary>Another key.</summary>
    None = 0,
    P384 = 1,
    Rsa3072 = 1 << 1,
    Rsa4096 = 1 << 2,
    MLDsa87 = 1 << 3,
}
