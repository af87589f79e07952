namespace S2nTls.Certificates.Stapling;

/// <summary>What a responder says about a certificate (CertStatus, RFC 6960 §4.2.1), by tag.</summary>
internal enum OcspStatus
{
    Good = 0,
    Revoked = 1,
    Unknown = 2,
}
