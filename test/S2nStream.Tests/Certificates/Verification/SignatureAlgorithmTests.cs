using S2nTls.Certificates.Verification;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Tests.Certificates;

/// <summary>How a certificate is signed is read off it, and nothing passes for what it is not.</summary>
public class SignatureAlgorithmTests
{
    private const string Mgf1WithSha256 = "301806092A864886F70D010108300B0609608648016503040201";

    [Fact]
    public void Every_kind_is_told()
    {
        foreach (SignatureKind kind in Enum.GetValues<SignatureKind>())
        {
            CertificateSignatures expected = kind switch
            {
                SignatureKind.EcdsaSha256 => CertificateSignatures.EcdsaSha256,
                SignatureKind.EcdsaSha384 => CertificateSignatures.EcdsaSha384,
                SignatureKind.EcdsaSha512 => CertificateSignatures.EcdsaSha512,
                SignatureKind.EcdsaSha224 => CertificateSignatures.EcdsaSha224,
                SignatureKind.RsaSha224 => CertificateSignatures.RsaSha224,
                SignatureKind.RsaSha256 => CertificateSignatures.RsaSha256,
                SignatureKind.RsaSha384 => CertificateSignatures.RsaSha384,
                SignatureKind.RsaSha512 => CertificateSignatures.RsaSha512,
                SignatureKind.PssSha256 or SignatureKind.PssSha384 or SignatureKind.PssSha512 => CertificateSignatures.RsaPss,
                _ => CertificateSignatures.None,
            };
            Assert.Equal(expected, Read(Convert.ToHexString(SignatureAlgorithms.Identifier(kind))));
        }
    }

    [Theory]
    [InlineData("300A06082A8648CE3D040302", nameof(CertificateSignatures.EcdsaSha256))]
    [InlineData("300C06082A8648CE3D0403020500", nameof(CertificateSignatures.EcdsaSha256))] // NULL, as some write
    [InlineData("300D06082A8648CE3D040302050100", nameof(CertificateSignatures.None))]
    [InlineData("300C06082A8648CE3D0403023000", nameof(CertificateSignatures.None))]
    [InlineData("300E06082A8648CE3D04030205000500", nameof(CertificateSignatures.None))]
    [InlineData("300B06092A864886F70D01010B", nameof(CertificateSignatures.RsaSha256))] // without the NULL that should be there
    [InlineData("300B0609608648016503040311", nameof(CertificateSignatures.MLDsa44))]
    [InlineData("300B0609608648016503040312", nameof(CertificateSignatures.MLDsa65))]
    [InlineData("300B0609608648016503040313", nameof(CertificateSignatures.MLDsa87))]
    [InlineData("300D06096086480165030403130500", nameof(CertificateSignatures.None))]
    [InlineData("300506032B6570", nameof(CertificateSignatures.None))]
    [InlineData("300B06092A864886F70D01010A", nameof(CertificateSignatures.None))] // PSS without parameters
    [InlineData("300D06092A864886F70D01010A3000", nameof(CertificateSignatures.None))] // PSS with SHA-1, which is not said
    public void Parameters_count(string algorithm, string expected) => Assert.Equal(expected, Read(algorithm).ToString());

    [Theory]
    [InlineData("A00D300B0609608648016503040201", "A11A" + Mgf1WithSha256, "", nameof(CertificateSignatures.RsaPss))]
    [InlineData("A00D300B0609608648016503040201", "A11A" + Mgf1WithSha256, "A203020120", nameof(CertificateSignatures.RsaPss))]
    [InlineData("A00D300B0609608648016503040201", "A11A" + Mgf1WithSha256, "A303020102", nameof(CertificateSignatures.None))] // another trailer
    [InlineData("A00D300B0609608648016503040201", "", "", nameof(CertificateSignatures.None))] // a mask by SHA-1
    [InlineData("", "A11A" + Mgf1WithSha256, "", nameof(CertificateSignatures.None))]
    [InlineData("A009300706052B0E03021A", "A11A" + Mgf1WithSha256, "", nameof(CertificateSignatures.None))]
    [InlineData("A00D300B0609608648016503040204", "A11A" + Mgf1WithSha256, "", nameof(CertificateSignatures.None))] // SHA-224
    [InlineData("A00D300B0609608648016503040201", "A116301406092A864886F70D010108300706052B0E03021A", "", nameof(CertificateSignatures.None))]
    public void Of_PSS_both_hashes_count(string hash, string mask, string more, string expected)
    {
        byte[] parameters = Tlv.Encode(0x30, Convert.FromHexString(hash + mask + more));
        byte[] algorithm = Tlv.Encode(0x30, [.. Convert.FromHexString("06092A864886F70D01010A"), .. parameters]);
        Assert.Equal(expected, Read(Convert.ToHexString(algorithm)).ToString());
    }

    [Theory]
    [InlineData(nameof(KeyKind.P256), nameof(CertificateKeys.None))]
    [InlineData(nameof(KeyKind.P384), nameof(CertificateKeys.P384))]
    [InlineData(nameof(KeyKind.P521), nameof(CertificateKeys.None))]
    [InlineData(nameof(KeyKind.Rsa2048), nameof(CertificateKeys.None))]
    [InlineData(nameof(KeyKind.Rsa3072), nameof(CertificateKeys.Rsa3072))]
    [InlineData(nameof(KeyKind.Rsa4096), nameof(CertificateKeys.Rsa4096))]
    [InlineData(nameof(KeyKind.RsaPss2048), nameof(CertificateKeys.None))]
    [InlineData(nameof(KeyKind.Ed25519), nameof(CertificateKeys.None))]
    public void A_key_is_told_where_policies_restrict_it(string kind, string expected)
    {
        var keys = new ChainKeys(new Random(1));
        var draft = new CertificateDraft("leaf", DirectoryName.Common("x"), keys.Next(Enum.Parse<KeyKind>(kind)), null);
        Assert.True(CertificateFields.TryRead(draft.Encoded, out CertificateFields fields));
        Assert.Equal(expected, SignatureAlgorithm.KeyIn(fields.PublicKey).ToString());
    }

    [Theory]
    [InlineData("301306072A8648CE3D020106082A8648CE3D030107", false)] // P-256, by its name
    [InlineData("300B06072A8648CE3D02013000", true)]
    [InlineData("300906072A8648CE3D0201", true)]
    [InlineData("300B06072A8648CE3D02010500", true)]
    [InlineData("300D06092A864886F70D0101010500", false)] // RSA has none
    [InlineData("300506032B6570", false)]
    public void A_curve_has_a_name(string algorithm, bool isWithout) =>
        Assert.Equal(isWithout, SignatureAlgorithm.HasCurveWithoutName([.. Convert.FromHexString(algorithm), 0x03, 0x02, 0x00, 0x04]));

    private static CertificateSignatures Read(string algorithm)
    {
        var whole = new DerReader(Convert.FromHexString(algorithm));
        return SignatureAlgorithm.Of(whole.Read(DerReader.Sequence));
    }
}
