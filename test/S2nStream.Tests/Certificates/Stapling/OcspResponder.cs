using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>Makes OCSP responses with <c>openssl ocsp</c>, and such as it would not make by hand.</summary>
internal static class OcspResponder
{
    /// <summary>A response for a certificate of <paramref name="authority"/>, signed by it unless another signer is given.</summary>
    /// <param name="authority">With its key.</param>
    /// <param name="leaf">The certificate.</param>
    /// <param name="status">V for good, R for revoked; null for a certificate that the responder does not know.</param>
    /// <param name="signer">With its key.</param>
    public static async Task<byte[]> RespondAsync(X509Certificate2 authority, X509Certificate2 leaf, char? status = 'V', X509Certificate2? signer = null)
    {
        var directory = new TempDirectory();
        Write("ca.pem", authority.ExportCertificatePem());
        Write("leaf.pem", leaf.ExportCertificatePem());
        Write("signer.pem", (signer ?? authority).ExportCertificatePem());
        using (ECDsa key = (signer ?? authority).GetECDsaPrivateKey()!)
        {
            Write("signer.key", key.ExportPkcs8PrivateKeyPem());
        }

        string revoked = status == 'R' ? DateTime.UtcNow.AddHours(-1).ToString("yyMMddHHmmss'Z'", CultureInfo.InvariantCulture) : "";
        Write("index.txt", status is null ? "" : $"{status}\t491231235959Z\t{revoked}\t{leaf.SerialNumber}\tunknown\t/CN=leaf\n");
        await using PeerProgram openssl = PeerProgram.Start(
            "openssl",
            ["ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "signer.pem", "-rkey", "signer.key", "-issuer", "ca.pem", "-cert", "leaf.pem", "-respout", "response.der", "-ndays", "1"],
            directory);
        await openssl.ExplainAsync(openssl.ExpectSuccessAsync);
        return await File.ReadAllBytesAsync(directory.PathOf("response.der"));

        void Write(string file, string content) => File.WriteAllText(directory.PathOf(file), content);
    }

    /// <summary>A good response whose time is over (RFC 6960 §4.2.1): openssl makes none.</summary>
    public static byte[] MakeExpired(X509Certificate2 authority, X509Certificate2 leaf)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        byte[] data = Encode(writer =>
        {
            using (writer.PushSequence())
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1))) // the responder, by name
                {
                    writer.WriteEncodedValue(authority.SubjectName.RawData);
                }

                writer.WriteGeneralizedTime(now.AddDays(-3), omitFractionalSeconds: true);
                using (writer.PushSequence())
                using (writer.PushSequence())
                {
                    WriteCertificateId(writer, authority, leaf);
                    writer.WriteNull(new Asn1Tag(TagClass.ContextSpecific, 0)); // good
                    writer.WriteGeneralizedTime(now.AddDays(-3), omitFractionalSeconds: true);
                    using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                    {
                        writer.WriteGeneralizedTime(now.AddDays(-2), omitFractionalSeconds: true);
                    }
                }
            }
        });
        using ECDsa key = authority.GetECDsaPrivateKey()!;
        byte[] basic = Encode(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(data);
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("1.2.840.10045.4.3.2"); // ecdsa-with-SHA256
                }

                writer.WriteBitString(key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
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
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.1");
                    writer.WriteOctetString(basic);
                }
            }
        }
    });

#pragma warning disable CA5350 // SHA-1 is what these are made of: it names, and protects nothing
    private static void WriteCertificateId(AsnWriter writer, X509Certificate2 authority, X509Certificate2 leaf)
    {
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.3.14.3.2.26");
                writer.WriteNull();
            }

            writer.WriteOctetString(SHA1.HashData(authority.SubjectName.RawData));
            writer.WriteOctetString(SHA1.HashData(authority.PublicKey.EncodedKeyValue.RawData));
            writer.WriteInteger(leaf.SerialNumberBytes.Span);
        }
    }
#pragma warning restore CA5350

    private static byte[] Encode(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }
}
