using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace S2nTls.Reliability.Chains.Making;

/// <summary>A key that certificates have and are signed with. Thread-safe: it is shared by all that are made in the process.</summary>
internal sealed class ChainKey
{
    private const string RsaEncryption = "1.2.840.113549.1.1.1";
    private const string RsaPss = "1.2.840.113549.1.1.10";

    private readonly Lock _lock = new();
    private readonly Func<byte[], SignatureKind, byte[]> _sign;

    private ChainKey(KeyKind kind, byte[] publicKeyInfo, string? pem, Func<byte[], SignatureKind, byte[]> sign)
    {
        Kind = kind;
        PublicKeyInfo = publicKeyInfo;
        Pem = pem;
        _sign = sign;
    }

    internal KeyKind Kind { get; }

    /// <summary>SubjectPublicKeyInfo.</summary>
    internal byte[] PublicKeyInfo { get; }

    /// <summary>PKCS #8; null where s2n knows no such keys, so that nobody can show their certificates to it.</summary>
    internal string? Pem { get; }

    internal static ChainKey Create(KeyKind kind) => kind switch
    {
        KeyKind.P256 => OfCurve(kind, ECCurve.NamedCurves.nistP256),
        KeyKind.P384 => OfCurve(kind, ECCurve.NamedCurves.nistP384),
        KeyKind.P521 => OfCurve(kind, ECCurve.NamedCurves.nistP521),
        KeyKind.Secp256k1 => OfCurve(kind, ECCurve.CreateFromFriendlyName("secp256k1")),
        KeyKind.BrainpoolP256 => OfCurve(kind, ECCurve.NamedCurves.brainpoolP256r1),
        KeyKind.Rsa1024 => OfRsa(kind, 1024),
        KeyKind.Rsa3072 => OfRsa(kind, 3072),
        KeyKind.Rsa4096 => OfRsa(kind, 4096),
        KeyKind.Ed25519 => OfEdwardsCurve(),
        _ => OfRsa(kind, 2048),
    };

    internal byte[] Sign(byte[] data, SignatureKind kind)
    {
        lock (_lock)
        {
            return _sign(data, kind);
        }
    }

    private static ChainKey OfCurve(KeyKind kind, ECCurve curve)
    {
        ECDsa key = ECDsa.Create(curve);
        return new ChainKey(
            kind, key.ExportSubjectPublicKeyInfo(), kind is KeyKind.Secp256k1 or KeyKind.BrainpoolP256 ? null : key.ExportPkcs8PrivateKeyPem(),
            (data, signature) => key.SignHash(HashOf(data, signature), DSASignatureFormat.Rfc3279DerSequence));
    }

    private static ChainKey OfRsa(KeyKind kind, int size)
    {
        RSA key = RSA.Create(size);
        byte[] publicKeyInfo = key.ExportSubjectPublicKeyInfo();
        byte[] privateKeyInfo = key.ExportPkcs8PrivateKey();
        if (kind == KeyKind.RsaPss2048)
        {
            publicKeyInfo = RestrictedToPss(publicKeyInfo);
            privateKeyInfo = RestrictedToPss(privateKeyInfo);
        }

        return new ChainKey(
            kind, publicKeyInfo, PemEncoding.WriteString("PRIVATE KEY", privateKeyInfo),
            (data, signature) => SignatureAlgorithms.Hash(signature) is { Name: "SHA224" }
                ? Sha224.SignRsa(key, data)
                : key.SignData(data, SignatureAlgorithms.Hash(signature), SignatureAlgorithms.IsPss(signature) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1));
    }

    /// <summary>.NET 10 makes no such keys.</summary>
    private static ChainKey OfEdwardsCurve()
    {
        var key = new Ed25519PrivateKeyParameters(new SecureRandom());
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(SignatureAlgorithms.Identifier(SignatureKind.Ed25519));
            writer.WriteBitString(key.GeneratePublicKey().GetEncoded());
        }

        return new ChainKey(KeyKind.Ed25519, writer.Encode(), null, (data, _) =>
        {
            var signer = new Ed25519Signer();
            signer.Init(true, key);
            signer.BlockUpdate(data, 0, data.Length);
            return signer.GenerateSignature();
        });
    }

    private static byte[] HashOf(byte[] data, SignatureKind signature) =>
        SignatureAlgorithms.Hash(signature) is { Name: "SHA224" } ? Sha224.Hash(data) : CryptographicOperations.HashData(SignatureAlgorithms.Hash(signature), data);

    /// <summary>The same structure with the other algorithm, which has no parameters.</summary>
    private static byte[] RestrictedToPss(byte[] keyInfo)
    {
        AsnReader content = new AsnReader(keyInfo, AsnEncodingRules.DER).ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            while (content.HasData)
            {
                if (content.PeekTag() == Asn1Tag.Sequence && IsRsaEncryption(content.PeekEncodedValue()))
                {
                    content.ReadEncodedValue();
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(RsaPss);
                    }
                }
                else
                {
                    writer.WriteEncodedValue(content.ReadEncodedValue().Span);
                }
            }
        }

        return writer.Encode();
    }

    private static bool IsRsaEncryption(ReadOnlyMemory<byte> identifier) =>
        new AsnReader(identifier, AsnEncodingRules.DER).ReadSequence().ReadObjectIdentifier() == RsaEncryption;
}
