namespace S2nTls.Reliability.Chains.Making;

/// <summary>How a certificate is signed.</summary>
internal enum SignatureKind
{
    EcdsaSha1,
    EcdsaSha224,
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
    RsaMd5,
    RsaSha1,
    RsaSha224,
    RsaSha256,
    RsaSha384,
    RsaSha512,
    PssSha1,
    PssSha256,
    PssSha384,
    PssSha512,
    Ed25519,
}
