using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace S2nTls.Reliability.Chains.Making;

/// <summary>Writes and signs a certificate as its draft says, whether or not one may (RFC 5280 §4.1).</summary>
internal static class CertificateEncoder
{
    internal static byte[] Encode(CertificateDraft draft)
    {
        byte[] algorithm = SignatureAlgorithms.Identifier(draft.SignedWith);
        byte[] body = EncodeBody(draft, algorithm);
        byte[] signature = draft.SigningKey.Sign(body, draft.SignedWith);
        if (draft.HasSpoiltSignature)
        {
            signature[^1] ^= 1;
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(body);
            writer.WriteEncodedValue(draft.StatedSignature is { } stated ? SignatureAlgorithms.Identifier(stated) : algorithm);
            writer.WriteBitString(signature);
        }

        return writer.Encode();
    }

    private static byte[] EncodeBody(CertificateDraft draft, byte[] algorithm)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            if (draft.Version > 1)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    writer.WriteInteger(draft.Version - 1);
                }
            }

            writer.WriteEncodedValue(Tlv.Encode(0x02, draft.Serial));
            writer.WriteEncodedValue(algorithm);
            draft.IssuerName.Write(writer);
            using (writer.PushSequence())
            {
                WriteTime(writer, draft.NotBefore, draft.WritesGeneralizedTime);
                WriteTime(writer, draft.NotAfter, draft.WritesGeneralizedTime);
            }

            draft.Subject.Write(writer);
            writer.WriteEncodedValue(draft.Key.PublicKeyInfo);
            if (draft.Version >= 3 || draft.KeepsExtensionsInVersion1)
            {
                WriteExtensions(writer, [.. Extensions(draft)]);
            }
        }

        return writer.Encode();
    }

    /// <summary>RFC 5280 §4.1.2.5: UTCTime until 2049, and GeneralizedTime afterwards.</summary>
    private static void WriteTime(AsnWriter writer, DateTimeOffset time, bool generalized) =>
        writer.WriteEncodedValue(generalized || time.Year is >= 2050 or < 1950
            ? Tlv.Encode(0x18, Encoding.ASCII.GetBytes(time.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + "Z"))
            : Tlv.Encode(0x17, Encoding.ASCII.GetBytes(time.UtcDateTime.ToString("yyMMddHHmmss", CultureInfo.InvariantCulture) + "Z")));

    private static void WriteExtensions(AsnWriter writer, Extension[] extensions)
    {
        if (extensions.Length == 0)
        {
            return;
        }

        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3)))
        using (writer.PushSequence())
        {
            foreach (Extension extension in extensions)
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(extension.Type);
                    if (extension.IsCritical)
                    {
                        writer.WriteBoolean(true);
                    }

                    writer.WriteOctetString(extension.Value);
                }
            }
        }
    }

    private static IEnumerable<Extension> Extensions(CertificateDraft draft)
    {
        if (draft.Basic is { } basic)
        {
            yield return Of(draft, Extension.BasicConstraints, basic.IsCritical, writer => WriteBasicConstraints(writer, basic));
        }

        if (draft.KeyUsage is { } usage)
        {
            yield return new Extension(Extension.KeyUsage, draft.HasCriticalKeyUsage, Value(draft, Extension.KeyUsage, new X509KeyUsageExtension(usage, true).RawData));
        }

        if (draft.ExtendedKeyUsage is { } usages)
        {
            yield return Of(draft, Extension.ExtendedKeyUsage, draft.HasCriticalExtendedKeyUsage, writer =>
            {
                using (writer.PushSequence())
                {
                    Array.ForEach(usages, purpose => writer.WriteObjectIdentifier(purpose));
                }
            });
        }

        if (draft.Names is { } names)
        {
            yield return Of(draft, Extension.SubjectAlternativeName, draft.HasCriticalNames, writer =>
                writer.WriteEncodedValue(Tlv.Encode(0x30, [.. names.SelectMany(name => name.Encode())])));
        }

        if (draft.Constraints is { } constraints)
        {
            yield return new Extension(Extension.NameConstraints, constraints.IsCritical, Value(draft, Extension.NameConstraints, constraints.Encode()));
        }

        if (draft.SubjectKeyIdentifier != Identifier.None)
        {
            yield return Of(draft, Extension.SubjectKeyIdentifier, false, writer => writer.WriteOctetString(KeyIdentifier(draft.Key, draft.SubjectKeyIdentifier)));
        }

        if (draft.AuthorityKeyIdentifier != Identifier.None)
        {
            yield return Of(draft, Extension.AuthorityKeyIdentifier, false, writer =>
            {
                using (writer.PushSequence())
                {
                    writer.WriteOctetString(KeyIdentifier(draft.SigningKey, draft.AuthorityKeyIdentifier), new Asn1Tag(TagClass.ContextSpecific, 0));
                }
            });
        }

        foreach (Extension other in draft.Others)
        {
            yield return other;
        }
    }

    private static Extension Of(CertificateDraft draft, string type, bool critical, Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return new Extension(type, critical, Value(draft, type, writer.Encode()));
    }

    private static byte[] Value(CertificateDraft draft, string type, byte[] right) => draft.Values.GetValueOrDefault(type, right);

    private static void WriteBasicConstraints(AsnWriter writer, BasicConstraints basic)
    {
        using (writer.PushSequence())
        {
            if (basic.IsAuthority)
            {
                writer.WriteBoolean(true);
            }

            if (basic.PathLength is { } length)
            {
                writer.WriteInteger(length);
            }
        }
    }

#pragma warning disable CA5350 // RFC 5280 §4.2.1.2 has SHA-1 here, as a name and not for security
    private static byte[] KeyIdentifier(ChainKey key, Identifier identifier)
    {
        byte[] hash = SHA1.HashData(key.PublicKeyInfo);
        if (identifier == Identifier.Wrong)
        {
            hash[0] ^= 0xFF;
        }

        return hash;
    }
#pragma warning restore CA5350
}
