using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Interop;

namespace S2nTls.Certificates.Signing;

/// <summary>
/// Checks that a private key belongs to a certificate: by comparing the public halves, or, if the key cannot export its own, by one signature.
/// </summary>
internal static class PublicKeyMatch
{
    /// <exception cref="ArgumentException">The key belongs to another certificate.</exception>
    /// <exception cref="Exception">Whatever the key throws when asked for a signature.</exception>
    internal static void Check(X509Certificate2 certificate, PrivateKeySigner signer)
    {
        bool matches = signer.Key switch
        {
            RSA rsa => Matches(certificate, rsa, signer),
            ECDsa ecdsa => Matches(certificate, ecdsa, signer),
            _ => false,
        };
        if (!matches)
        {
            throw new ArgumentException(
                $"The private key ({signer.Key.GetType().Name}) does not belong to the certificate '{certificate.Subject}': its public key differs.");
        }
    }

    private static bool Matches(X509Certificate2 certificate, RSA key, PrivateKeySigner signer)
    {
        // Read by hand, because GetRSAPublicKey does not support keys that are restricted to PSS.
        using var expected = RSA.Create();
        if (certificate.PublicKey.Oid.Value is not ("1.2.840.113549.1.1.1" or "1.2.840.113549.1.1.10"))
        {
            return false;
        }

        expected.ImportRSAPublicKey(certificate.PublicKey.EncodedKeyValue.RawData, out _);
        if (TryRead(() => key.ExportParameters(includePrivateParameters: false), out RSAParameters found))
        {
            RSAParameters wanted = expected.ExportParameters(includePrivateParameters: false);
            return SameNumber(wanted.Modulus, found.Modulus) && SameNumber(wanted.Exponent, found.Exponent);
        }

        // A key in hardware may be bound to one padding.
        byte[] digest = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
        RSASignaturePadding padding = RSASignaturePadding.Pss;
        if (!TryRead(() => signer.Sign(SignatureAlgorithm.RsaPssRsae, DigestAlgorithm.Sha256, digest), out byte[]? signature))
        {
            padding = RSASignaturePadding.Pkcs1;
            signature = signer.Sign(SignatureAlgorithm.RsaPkcs1, DigestAlgorithm.Sha256, digest);
        }

        return expected.VerifyHash(digest, signature!, HashAlgorithmName.SHA256, padding);
    }

    private static bool Matches(X509Certificate2 certificate, ECDsa key, PrivateKeySigner signer)
    {
        using ECDsa? expected = certificate.GetECDsaPublicKey();
        if (expected is null)
        {
            return false;
        }

        if (TryRead(() => key.ExportParameters(includePrivateParameters: false), out ECParameters found))
        {
            // In practice two curves have no point in common: the point alone identifies the key.
            ECPoint wanted = expected.ExportParameters(includePrivateParameters: false).Q;
            return SameNumber(wanted.X, found.Q.X) && SameNumber(wanted.Y, found.Q.Y);
        }

        byte[] digest = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
        byte[] signature = signer.Sign(SignatureAlgorithm.Ecdsa, DigestAlgorithm.Sha256, digest);
        return expected.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>A key that does not support an operation throws one of these.</summary>
    private static bool TryRead<T>(Func<T> read, out T? value)
    {
        try
        {
            value = read();
            return true;
        }
        catch (Exception e) when (e is CryptographicException or NotSupportedException or NotImplementedException)
        {
            value = default;
            return false;
        }
    }

    /// <summary>Compares big-endian numbers, which adapters write with or without leading zeros.</summary>
    private static bool SameNumber(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.TrimStart((byte)0).SequenceEqual(right.TrimStart((byte)0));
}
