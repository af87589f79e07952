using System.Collections.Concurrent;
using System.Formats.Asn1;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Verification;

namespace S2nTls.Certificates.Roots;

/// <summary>
/// Whether a certificate is a root: issued by itself, and signed with its own key. s2n accepts whatever it is given as an anchor (it always
/// verifies partial chains), so this decides what it is given. Thread-safe.
/// </summary>
/// <remarks>
/// A name alone does not make a root: when an authority changes its key, it signs the new one with the old one under the same name. OpenSSL, and
/// .NET with it, detect that by the key identifiers and do not check the signature; here both count. A signature that cannot be checked, because
/// its algorithm is disabled or unknown, is not a false one: old roots are trusted for their keys.
/// </remarks>
internal static class SelfSignature
{
    private const int MaxKnown = 1024;

    /// <summary>The certificates checked at every connection are mostly the same objects.</summary>
    private static readonly ConditionalWeakTable<X509Certificate2, StrongBox<bool>> s_known = [];

    /// <summary>By SHA-256: a signature costs as much as a handshake's.</summary>
    private static readonly ConcurrentDictionary<string, bool> s_knownByHash = new(StringComparer.Ordinal);

    internal static bool IsOn(X509Certificate2 certificate) =>
        s_known.GetValue(certificate, static key => new StrongBox<bool>(Find(key))).Value;

    /// <summary>Whether one certificate names the other as its issuer, and is signed with its key, if that can be checked.</summary>
    internal static bool IsIssuedBy(X509Certificate2 certificate, X509Certificate2 issuer) =>
        certificate.IssuerName.RawData.AsSpan().SequenceEqual(issuer.SubjectName.RawData) && !IsFalse(certificate, issuer);

    private static bool Find(X509Certificate2 certificate)
    {
        if (!CertificateFields.TryRead(certificate.RawDataMemory.Span, out CertificateFields fields) || !fields.IsSelfIssued || NamesAnotherKey(fields))
        {
            return false;
        }

        string hash = Convert.ToHexString(SHA256.HashData(certificate.RawDataMemory.Span));
        if (s_knownByHash.Count >= MaxKnown)
        {
            s_knownByHash.Clear();
        }

        return s_knownByHash.GetOrAdd(hash, static (_, root) => !IsFalse(root, root), certificate);
    }

    /// <summary>RFC 5280 §4.2.1.1: the issuer's key, by its identifier or by the certificate that contains it.</summary>
    private static bool NamesAnotherKey(in CertificateFields fields)
    {
        const int KeyIdentifier = 0, Issuer = 1, SerialNumber = 2;
        var authority = new DerReader(fields.AuthorityKeyIdentifier);
        byte identifierTag = DerReader.ContextTag(KeyIdentifier, isConstructed: false);
        if (authority.NextTag == identifierTag &&
            authority.Read(identifierTag) is var identifier && !fields.SubjectKeyIdentifier.IsEmpty && !identifier.SequenceEqual(fields.SubjectKeyIdentifier))
        {
            return true;
        }

        authority.ReadOptional(DerReader.ContextTag(Issuer, isConstructed: true));
        byte serialTag = DerReader.ContextTag(SerialNumber, isConstructed: false);
        return authority.NextTag == serialTag && !authority.Read(serialTag).SequenceEqual(fields.SerialNumber);
    }

    private static bool IsFalse(X509Certificate2 certificate, X509Certificate2 signer)
    {
        try
        {
            AsnReader whole = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence();
            ReadOnlySpan<byte> signed = whole.ReadEncodedValue().Span;
            string algorithm = whole.ReadSequence().ReadObjectIdentifier();
            byte[] signature = whole.ReadBitString(out int unusedBits);
            return unusedBits != 0 || Verifies(signer, algorithm, signed, signature) == false;
        }
        catch (AsnContentException)
        {
            return true; // no one signs what cannot be decoded
        }
        catch (Exception e) when (e is CryptographicException or NotSupportedException)
        {
            return false; // it cannot be checked
        }
    }

    /// <returns>Null if .NET or the system's policy does not support the algorithm; one for another kind of key than the signer's verifies nothing.</returns>
    private static bool? Verifies(X509Certificate2 signer, string algorithm, ReadOnlySpan<byte> signed, byte[] signature)
    {
        if (FamilyOf(algorithm) != FamilyOf(signer.PublicKey.Oid.Value!))
        {
            return false;
        }

        if (HashOf(algorithm) is not { } hash)
        {
            return null;
        }

        if (algorithm.StartsWith("1.2.840.113549.", StringComparison.Ordinal))
        {
            using RSA? rsa = signer.GetRSAPublicKey();
            return rsa?.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1);
        }

        using ECDsa? ecdsa = signer.GetECDsaPublicKey();
        return ecdsa?.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>The arc of the identifiers of signatures and keys: PKCS #1, ANSI X9.62, or one of its own.</summary>
    private static string FamilyOf(string identifier) =>
        identifier.StartsWith("1.2.840.113549.1.1.", StringComparison.Ordinal) ? "RSA"
        : identifier is "1.2.840.10045.2.1" || identifier.StartsWith("1.2.840.10045.4.", StringComparison.Ordinal) ? "EC"
        : string.Empty;

    /// <summary>RSA with PKCS #1's padding, and ECDSA: what roots are signed with (RFC 4055 §5, RFC 5758 §3.2).</summary>
    private static HashAlgorithmName? HashOf(string algorithm) => algorithm switch
    {
        "1.2.840.113549.1.1.4" => HashAlgorithmName.MD5,
        "1.2.840.113549.1.1.5" or "1.2.840.10045.4.1" => HashAlgorithmName.SHA1,
        "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256,
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
        _ => null,
    };
}
