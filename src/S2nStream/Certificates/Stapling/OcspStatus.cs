namespace S2nTls.Certificates.Stapling;

/// <summary>What a responder says of a certificate (CertStatus, RFC 6960 §4.2.1), by its tag.</summary>
internal enum OcspStatus
{
    Good = 0,
    Revoked = 1,
    Unknown = 2,
}
