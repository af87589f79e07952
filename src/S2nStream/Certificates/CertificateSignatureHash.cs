using System.Formats.Asn1;
using System.Security.Cryptography;

namespace S2nTls.Certificates;

/// <summary>The hash that <c>tls-server-end-point</c> applies to a certificate: that of the signature on it (RFC 5929 §4.1).</summary>
internal static class CertificateSignatureHash
{
    private const string RsaPss = "1.2.840.113549.1.1.10";

    /// <param name="certificate">In DER.</param>
    /// <returns>
    /// The hash, SHA-256 in place of MD5 and SHA-1; null if the binding is not defined, as for signatures without a separate hash (Ed25519), or if
    /// the hash is not known here.
    /// </returns>
    internal static HashAlgorithmName? Of(ReadOnlyMemory<byte> certificate)
    {
        try
        {
            // RFC 5280 §4.1: tbsCertificate, signatureAlgorithm, signatureValue.
            AsnReader fields = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence();
            fields.ReadEncodedValue();
            AsnReader algorithm = fields.ReadSequence();
            string identifier = algorithm.ReadObjectIdentifier();
            return identifier == RsaPss ? OfPss(algorithm) : OfSignature(identifier);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static HashAlgorithmName? OfSignature(string identifier) => identifier switch
    {
        "1.2.840.113549.1.1.4" => HashAlgorithmName.SHA256, // RSA with MD5
        "1.2.840.113549.1.1.5" => HashAlgorithmName.SHA256, // RSA with SHA-1
        "1.2.840.113549.1.1.11" => HashAlgorithmName.SHA256,
        "1.2.840.113549.1.1.12" => HashAlgorithmName.SHA384,
        "1.2.840.113549.1.1.13" => HashAlgorithmName.SHA512,
        "1.2.840.10045.4.1" => HashAlgorithmName.SHA256, // ECDSA with SHA-1
        "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256,
        "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
        "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>RFC 4055 §3.1: the hash is the first parameter, in a field of its own, and SHA-1 if that is omitted.</summary>
    private static HashAlgorithmName? OfPss(AsnReader algorithm)
    {
        AsnReader parameters = algorithm.ReadSequence();
        var hashField = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        if (!parameters.HasData || !parameters.PeekTag().HasSameClassAndValue(hashField))
        {
            return HashAlgorithmName.SHA256;
        }

        return parameters.ReadSequence(hashField).ReadSequence().ReadObjectIdentifier() switch
        {
            "1.3.14.3.2.26" => HashAlgorithmName.SHA256, // SHA-1
            "2.16.840.1.101.3.4.2.1" => HashAlgorithmName.SHA256,
            "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
            "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
            _ => null,
        };
    }
}
