namespace S2nTls.Reliability.Chains.Making;

/// <summary>What a certificate's key can be.</summary>
internal enum KeyKind
{
    P256,
    P384,
    P521,
    Secp256k1,
    BrainpoolP256,
    Rsa1024,
    Rsa2048,
    Rsa3072,
    Rsa4096,

    /// <summary>An RSA key that is for PSS signatures only (RFC 4055 §1.2).</summary>
    RsaPss2048,
    Ed25519,
}
