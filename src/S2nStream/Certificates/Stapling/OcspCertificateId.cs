using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Certificates.Stapling;

/// <summary>
/// Identifies a certificate to an OCSP responder: by hashes of its issuer's name and key, and its serial number (CertID, RFC 6960 §4.1.1). Immutable.
/// </summary>
/// <remarks>We hash with SHA-1, the only hash that every responder knows and s2n's clients understand (RFC 5019 §2.1.1). It protects nothing here.</remarks>
internal sealed class OcspCertificateId
{
    private const string Sha1 = "1.3.14.3.2.26";

    private readonly byte[] _issuerName;
    private readonly byte[] _issuerKey;
    private readonly byte[] _serialNumber;

    internal OcspCertificateId(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        _issuerName = certificate.IssuerName.RawData;
        _issuerKey = issuer.PublicKey.EncodedKeyValue.RawData;
        _serialNumber = certificate.SerialNumberBytes.ToArray();
    }

    internal void WriteTo(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Sha1);
                writer.WriteNull();
            }

            writer.WriteOctetString(Hash(Sha1, _issuerName)!);
            writer.WriteOctetString(Hash(Sha1, _issuerKey)!);
            writer.WriteInteger(_serialNumber);
        }
    }

    /// <summary>Whether a responder's CertID, with whatever hash, identifies this certificate.</summary>
    /// <param name="encoded">A CertID.</param>
    /// <exception cref="AsnContentException">It is not a CertID.</exception>
    internal bool IsNamedBy(ReadOnlyMemory<byte> encoded)
    {
        AsnReader id = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        string algorithm = id.ReadSequence().ReadObjectIdentifier();
        byte[] name = id.ReadOctetString(), key = id.ReadOctetString();
        ReadOnlySpan<byte> serialNumber = id.ReadIntegerBytes().Span;
        id.ThrowIfNotEmpty();
        return serialNumber.SequenceEqual(_serialNumber)
            && Hash(algorithm, _issuerName) is { } ownName && name.AsSpan().SequenceEqual(ownName)
            && Hash(algorithm, _issuerKey) is { } ownKey && key.AsSpan().SequenceEqual(ownKey);
    }

    /// <returns>Null if the hash is unknown.</returns>
    private static byte[]? Hash(string algorithm, byte[] data) => algorithm switch
    {
#pragma warning disable CA5350 // it identifies, and protects nothing
        Sha1 => SHA1.HashData(data),
#pragma warning restore CA5350
        "2.16.840.1.101.3.4.2.1" => SHA256.HashData(data),
        "2.16.840.1.101.3.4.2.2" => SHA384.HashData(data),
        "2.16.840.1.101.3.4.2.3" => SHA512.HashData(data),
        _ => null,
    };
}
