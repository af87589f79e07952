using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>The hash that <c>tls-server-end-point</c> takes (RFC 5929 §4.1).</summary>
public class SignatureHashTests
{
    [Theory]
    [InlineData("SHA256")]
    [InlineData("SHA384")]
    [InlineData("SHA512")]
    public void It_is_that_of_the_signature(string hash)
    {
        var name = new HashAlgorithmName(hash);
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal(name, HashOf(new CertificateRequest("CN=rsa", rsa, name, RSASignaturePadding.Pkcs1)));
        Assert.Equal(name, HashOf(new CertificateRequest("CN=pss", rsa, name, RSASignaturePadding.Pss)));
        Assert.Equal(name, HashOf(new CertificateRequest("CN=ecdsa", ecdsa, name)));
    }

    [Theory]
    [InlineData("1.2.840.113549.1.1.4")] // RSA with MD5
    [InlineData("1.2.840.113549.1.1.5")] // RSA with SHA-1
    [InlineData("1.2.840.10045.4.1")] // ECDSA with SHA-1
    public void It_is_SHA256_in_place_of_what_is_broken(string algorithm) =>
        Assert.Equal(HashAlgorithmName.SHA256, CertificateSignatureHash.Of(Certificate(algorithm)));

    [Fact]
    public void It_is_SHA256_for_the_SHA1_that_is_PSSs_default() =>
        Assert.Equal(HashAlgorithmName.SHA256, CertificateSignatureHash.Of(Certificate("1.2.840.113549.1.1.10", withEmptyParameters: true)));

    [Fact]
    public void There_is_none_for_a_signature_without_one() =>
        Assert.Null(CertificateSignatureHash.Of(Certificate("1.3.101.112"))); // Ed25519

    [Fact]
    public void There_is_none_in_what_is_no_certificate() => Assert.Null(CertificateSignatureHash.Of(new byte[] { 0x30, 0x05, 0x01 }));

    private static HashAlgorithmName? HashOf(CertificateRequest request)
    {
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return CertificateSignatureHash.Of(certificate.RawData);
    }

    /// <summary>As much of a certificate as is looked at.</summary>
    private static byte[] Certificate(string algorithm, bool withEmptyParameters = false)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteNull(); // in the place of tbsCertificate
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(algorithm);
                if (withEmptyParameters)
                {
                    using (writer.PushSequence())
                    {
                    }
                }
            }

            writer.WriteBitString([0]);
        }

        return writer.Encode();
    }
}
