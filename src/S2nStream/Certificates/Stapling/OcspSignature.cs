using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Verification;

namespace S2nTls.Certificates.Stapling;

/// <summary>Verifies the signatures of authorities and their responders: RSA and ECDSA with SHA-2. No other verifies.</summary>
internal static class OcspSignature
{
    /// <param name="signer">Has the public key.</param>
    /// <param name="algorithm">An AlgorithmIdentifier, with tag and length.</param>
    /// <param name="data">What is signed.</param>
    /// <param name="signature">The signature.</param>
    internal static bool Verifies(X509Certificate2 signer, ReadOnlyMemory<byte> algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            AsnReader contents = new AsnReader(algorithm, AsnEncodingRules.DER).ReadSequence(); // only to check that it is one
            var reader = new DerReader(algorithm.Span);
            CertificateSignatures kind = SignatureAlgorithm.Of(reader.Read(DerReader.Sequence));
            return kind == CertificateSignatures.RsaPss ? VerifiesPss(signer, contents, data, signature)
                : HashOf(kind) is { } hash && ((kind & CertificateSignatures.Rsa) != 0
                    ? VerifiesRsa(signer, hash, RSASignaturePadding.Pkcs1, data, signature)
                    : VerifiesEcdsa(signer, hash, data, signature));
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException or NotSupportedException)
        {
            return false; // the key cannot be read, or the system's policy does not allow the algorithm
        }
    }

    /// <summary>Whether one certificate is signed with the other's key.</summary>
    internal static bool IsIssuedBy(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        try
        {
            AsnReader whole = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence();
            ReadOnlyMemory<byte> signed = whole.ReadEncodedValue();
            ReadOnlyMemory<byte> algorithm = whole.ReadEncodedValue();
            byte[] signature = whole.ReadBitString(out int unusedBits);
            return unusedBits == 0
                && certificate.IssuerName.RawData.AsSpan().SequenceEqual(issuer.SubjectName.RawData)
                && Verifies(issuer, algorithm, signed.Span, signature);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static HashAlgorithmName? HashOf(CertificateSignatures kind) => kind switch
    {
        CertificateSignatures.RsaSha256 or CertificateSignatures.EcdsaSha256 => HashAlgorithmName.SHA256,
        CertificateSignatures.RsaSha384 or CertificateSignatures.EcdsaSha384 => HashAlgorithmName.SHA384,
        CertificateSignatures.RsaSha512 or CertificateSignatures.EcdsaSha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static bool VerifiesRsa(X509Certificate2 signer, HashAlgorithmName hash, RSASignaturePadding padding, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using RSA? key = signer.GetRSAPublicKey();
        return key?.VerifyData(data, signature, hash, padding) == true;
    }

    private static bool VerifiesEcdsa(X509Certificate2 signer, HashAlgorithmName hash, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using ECDsa? key = signer.GetECDsaPublicKey();
        return key?.VerifyData(data, signature, hash, DSASignatureFormat.Rfc3279DerSequence) == true;
    }

    /// <summary>RFC 4055 §3.1, with the same hash for the data and the mask, and a salt as long as it, as is universal.</summary>
    private static bool VerifiesPss(X509Certificate2 signer, AsnReader algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        algorithm.ReadObjectIdentifier();
        AsnReader parameters = algorithm.ReadSequence();
        string hash = parameters.ReadSequence(Context(0)).ReadSequence().ReadObjectIdentifier();
        AsnReader mask = parameters.ReadSequence(Context(1)).ReadSequence();
        mask.ReadObjectIdentifier(); // MGF1: already checked
        (HashAlgorithmName name, int length) = hash switch
        {
            "2.16.840.1.101.3.4.2.1" => (HashAlgorithmName.SHA256, 32),
            "2.16.840.1.101.3.4.2.2" => (HashAlgorithmName.SHA384, 48),
            _ => (HashAlgorithmName.SHA512, 64),
        };
        return mask.ReadSequence().ReadObjectIdentifier() == hash
            && parameters.ReadSequence(Context(2)).ReadInteger() == length
            && VerifiesRsa(signer, name, RSASignaturePadding.Pss, data, signature);
    }

    private static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);
}
