using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>Makes OCSP responses in this process, the bad ones too: what is wrong with one is a property.</summary>
internal sealed record OcspResponseMaker(X509Certificate2 Authority, X509Certificate2 Leaf)
{
    private const string Sha1 = "1.3.14.3.2.26";

    /// <summary>0 good, 1 revoked, 2 unknown.</summary>
    public int Status { get; init; }

    public DateTimeOffset ThisUpdate { get; init; } = DateTimeOffset.UtcNow;

    public DateTimeOffset? NextUpdate { get; init; } = DateTimeOffset.UtcNow.AddDays(1);

    /// <summary>With its key; the authority where there is none.</summary>
    public X509Certificate2? Signer { get; init; }

    /// <summary>What is sent along; by default the signer, unless that is the authority.</summary>
    public X509Certificate2[]? Certificates { get; init; }

    public bool NamesResponderByKey { get; init; }

    public string HashOfId { get; init; } = Sha1;

    public bool SignsWithPss { get; init; }

    /// <summary>Certificates that are told of before the leaf.</summary>
    public X509Certificate2[] Others { get; init; } = [];

    public byte[] Make()
    {
        X509Certificate2 signer = Signer ?? Authority;
        byte[] data = Encode(writer =>
        {
            using (writer.PushSequence())
            {
                WriteResponder(writer, signer);
                writer.WriteGeneralizedTime(ThisUpdate, omitFractionalSeconds: true);
                using (writer.PushSequence())
                {
                    foreach (X509Certificate2 certificate in Others.Append(Leaf))
                    {
                        WriteAnswer(writer, certificate);
                    }
                }
            }
        });
        byte[] basic = Encode(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(data);
                WriteSignature(writer, signer, data);
                if ((Certificates ?? (Signer is null ? [] : [Signer])) is { Length: > 0 } certificates)
                {
                    using (writer.PushSequence(Context(0)))
                    using (writer.PushSequence())
                    {
                        Array.ForEach(certificates, certificate => writer.WriteEncodedValue(certificate.RawData));
                    }
                }
            }
        });
        return Shell(0, basic);
    }

    /// <summary>What a responder answers that cannot (RFC 6960 §4.2.1).</summary>
    public static byte[] MakeError(int status) => Shell(status, null);

    private static byte[] Shell(int status, byte[]? basic) => Encode(writer =>
    {
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue([0x0A, 1, (byte)status]);
            if (basic is not null)
            {
                using (writer.PushSequence(Context(0)))
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.1");
                    writer.WriteOctetString(basic);
                }
            }
        }
    });

    private void WriteResponder(AsnWriter writer, X509Certificate2 signer)
    {
        using (writer.PushSequence(Context(NamesResponderByKey ? 2 : 1)))
        {
            if (NamesResponderByKey)
            {
                writer.WriteOctetString(Hash(Sha1, signer.PublicKey.EncodedKeyValue.RawData));
            }
            else
            {
                writer.WriteEncodedValue(signer.SubjectName.RawData);
            }
        }
    }

    private void WriteAnswer(AsnWriter writer, X509Certificate2 certificate)
    {
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(HashOfId);
                }

                writer.WriteOctetString(Hash(HashOfId, Authority.SubjectName.RawData));
                writer.WriteOctetString(Hash(HashOfId, Authority.PublicKey.EncodedKeyValue.RawData));
                writer.WriteInteger(certificate.SerialNumberBytes.Span);
            }

            if (Status == 1)
            {
                using (writer.PushSequence(Context(1)))
                {
                    writer.WriteGeneralizedTime(ThisUpdate, omitFractionalSeconds: true);
                }
            }
            else
            {
                writer.WriteNull(new Asn1Tag(TagClass.ContextSpecific, Status));
            }

            writer.WriteGeneralizedTime(ThisUpdate, omitFractionalSeconds: true);
            if (NextUpdate is { } next)
            {
                using (writer.PushSequence(Context(0)))
                {
                    writer.WriteGeneralizedTime(next, omitFractionalSeconds: true);
                }
            }
        }
    }

    private void WriteSignature(AsnWriter writer, X509Certificate2 signer, byte[] data)
    {
        using ECDsa? ecdsa = signer.GetECDsaPrivateKey();
        if (ecdsa is not null)
        {
            writer.WriteEncodedValue(X509SignatureGenerator.CreateForECDsa(ecdsa).GetSignatureAlgorithmIdentifier(HashAlgorithmName.SHA256));
            writer.WriteBitString(ecdsa.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
            return;
        }

        using RSA rsa = signer.GetRSAPrivateKey()!;
        RSASignaturePadding padding = SignsWithPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        writer.WriteEncodedValue(X509SignatureGenerator.CreateForRSA(rsa, padding).GetSignatureAlgorithmIdentifier(HashAlgorithmName.SHA256));
        writer.WriteBitString(rsa.SignData(data, HashAlgorithmName.SHA256, padding));
    }

#pragma warning disable CA5350 // SHA-1 is what these are made of: it names, and protects nothing
    private static byte[] Hash(string algorithm, byte[] data) => algorithm == Sha1 ? SHA1.HashData(data) : SHA256.HashData(data);
#pragma warning restore CA5350

    private static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);

    private static byte[] Encode(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }
}
