namespace S2nTls.Certificates.Stapling;

/// <summary>What an OCSP response says of one certificate (SingleResponse, RFC 6960 §4.2.1).</summary>
/// <param name="CertificateId">The certificate: an encoded CertID.</param>
/// <param name="Status">The certificate's status.</param>
/// <param name="ThisUpdate">When the status was known to be correct.</param>
/// <param name="NextUpdate">When newer information will be available at the latest; null if the responder does not say.</param>
internal sealed record OcspAnswer(ReadOnlyMemory<byte> CertificateId, OcspStatus Status, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate);
