namespace S2nTls.Certificates.Stapling;

/// <summary>What an OCSP response says of one certificate (SingleResponse, RFC 6960 §4.2.1).</summary>
/// <param name="CertificateId">Names it: a CertID, encoded.</param>
/// <param name="Status">What it is.</param>
/// <param name="ThisUpdate">Since when that is known.</param>
/// <param name="NextUpdate">When there is news at the latest; null where the responder does not say.</param>
internal sealed record OcspAnswer(ReadOnlyMemory<byte> CertificateId, OcspStatus Status, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate);
