using System.Formats.Asn1;
using System.Security.Cryptography;

namespace S2nTls.Reliability.Chains.Making;

/// <summary>The AlgorithmIdentifier of each way to sign, and its hash.</summary>
internal static class SignatureAlgorithms
{
    private const string Pss = "1.2.840.113549.1.1.10";
    private const string Mgf1 = "1.2.840.113549.1.1.8";
    private const string Sha1 = "1.3.14.3.2.26";

    /// <summary>The signatures that a key can make, the usual one first.</summary>
    internal static SignatureKind[] Of(KeyKind key) => key switch
    {
        KeyKind.P384 => [SignatureKind.EcdsaSha384, SignatureKind.EcdsaSha256, SignatureKind.EcdsaSha512, SignatureKind.EcdsaSha1],
        KeyKind.P521 => [SignatureKind.EcdsaSha512, SignatureKind.EcdsaSha256, SignatureKind.EcdsaSha384, SignatureKind.EcdsaSha1],
        KeyKind.P256 or KeyKind.Secp256k1 or KeyKind.BrainpoolP256 =>
            [SignatureKind.EcdsaSha256, SignatureKind.EcdsaSha384, SignatureKind.EcdsaSha512, SignatureKind.EcdsaSha1, SignatureKind.EcdsaSha224],
        KeyKind.Ed25519 => [SignatureKind.Ed25519],
        KeyKind.RsaPss2048 => [SignatureKind.PssSha256, SignatureKind.PssSha384, SignatureKind.PssSha512, SignatureKind.PssSha1],
        _ =>
        [
            SignatureKind.RsaSha256, SignatureKind.RsaSha384, SignatureKind.RsaSha512, SignatureKind.PssSha256, SignatureKind.PssSha384,
            SignatureKind.RsaSha1, SignatureKind.RsaMd5, SignatureKind.RsaSha224,
        ],
    };

    internal static bool IsBroken(SignatureKind kind) =>
        kind is SignatureKind.EcdsaSha1 or SignatureKind.RsaSha1 or SignatureKind.RsaMd5 or SignatureKind.PssSha1;

    internal static bool IsPss(SignatureKind kind) =>
        kind is SignatureKind.PssSha1 or SignatureKind.PssSha256 or SignatureKind.PssSha384 or SignatureKind.PssSha512;

    /// <summary>SHA-224 is not known to .NET: it has no such name.</summary>
    internal static HashAlgorithmName Hash(SignatureKind kind) => kind switch
    {
        SignatureKind.RsaMd5 => HashAlgorithmName.MD5,
        SignatureKind.EcdsaSha1 or SignatureKind.RsaSha1 or SignatureKind.PssSha1 => HashAlgorithmName.SHA1,
        SignatureKind.EcdsaSha224 or SignatureKind.RsaSha224 => new HashAlgorithmName("SHA224"),
        SignatureKind.EcdsaSha384 or SignatureKind.RsaSha384 or SignatureKind.PssSha384 => HashAlgorithmName.SHA384,
        SignatureKind.EcdsaSha512 or SignatureKind.RsaSha512 or SignatureKind.PssSha512 => HashAlgorithmName.SHA512,
        _ => HashAlgorithmName.SHA256,
    };

    internal static byte[] Identifier(SignatureKind kind)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(IsPss(kind) ? Pss : ObjectIdentifier(kind));
            if (IsPss(kind))
            {
                WritePssParameters(writer, kind);
            }
            else if (IsPkcs1(kind))
            {
                writer.WriteNull();
            }
        }

        return writer.Encode();
    }

    private static bool IsPkcs1(SignatureKind kind) => kind is >= SignatureKind.RsaMd5 and <= SignatureKind.RsaSha512;

    private static string ObjectIdentifier(SignatureKind kind) => kind switch
    {
        SignatureKind.EcdsaSha1 => "1.2.840.10045.4.1",
        SignatureKind.EcdsaSha224 => "1.2.840.10045.4.3.1",
        SignatureKind.EcdsaSha256 => "1.2.840.10045.4.3.2",
        SignatureKind.EcdsaSha384 => "1.2.840.10045.4.3.3",
        SignatureKind.EcdsaSha512 => "1.2.840.10045.4.3.4",
        SignatureKind.RsaMd5 => "1.2.840.113549.1.1.4",
        SignatureKind.RsaSha1 => "1.2.840.113549.1.1.5",
        SignatureKind.RsaSha224 => "1.2.840.113549.1.1.14",
        SignatureKind.RsaSha256 => "1.2.840.113549.1.1.11",
        SignatureKind.RsaSha384 => "1.2.840.113549.1.1.12",
        SignatureKind.RsaSha512 => "1.2.840.113549.1.1.13",
        SignatureKind.Ed25519 => "1.3.101.112",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>RFC 4055 §3.1: hash, mask generation with the same hash, a salt as long as the hash.</summary>
    private static void WritePssParameters(AsnWriter writer, SignatureKind kind)
    {
        (string hash, int length) = kind switch
        {
            SignatureKind.PssSha1 => (Sha1, 20),
            SignatureKind.PssSha384 => ("2.16.840.1.101.3.4.2.2", 48),
            SignatureKind.PssSha512 => ("2.16.840.1.101.3.4.2.3", 64),
            _ => ("2.16.840.1.101.3.4.2.1", 32),
        };
        using (writer.PushSequence())
        {
            if (hash == Sha1)
            {
                return; // DER leaves out what is the default
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                WriteHash(writer, hash);
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Mgf1);
                WriteHash(writer, hash);
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
            {
                writer.WriteInteger(length);
            }
        }
    }

    private static void WriteHash(AsnWriter writer, string hash)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(hash);
            writer.WriteNull();
        }
    }
}
