using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Roots;
using S2nTls.Reliability.Chains.Making;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>Which of the trusted certificates can stand in no chain, and for whom they may be taken.</summary>
public class MisleadingCertificatesTests
{
    private static readonly X509Certificate2 s_root = Authority("Leading Root");
    private static readonly X509Certificate2 s_below = Authority("Below", s_root);
    private static readonly X509Certificate2 s_deeper = Authority("Deeper", s_below);
    private static readonly X509Certificate2 s_stranger = Authority("Stranger");

    [Fact]
    public void Who_leads_to_a_root_over_any_number_of_others_misleads_nobody()
    {
        Assert.False(Misleads(s_below, [s_root, s_below]));
        Assert.False(Misleads(s_deeper, [s_root, s_below, s_deeper]));
        Assert.False(Misleads(s_deeper, [s_deeper, s_below, s_root]));
    }

    [Fact]
    public void Who_leads_to_none_does()
    {
        Assert.True(Misleads(s_below, [s_below]));
        Assert.True(Misleads(s_deeper, [s_root, s_deeper]));
        Assert.True(Misleads(s_deeper, [s_stranger, s_below, s_deeper]));
    }

    [Fact]
    public void So_does_a_root_or_one_below_it_that_may_not_sign_certificates()
    {
        X509Certificate2 unsigning = Authority("Unsigning", keyUsage: X509KeyUsageFlags.DigitalSignature);
        X509Certificate2 unsigningBelow = Authority("Unsigning Below", s_root, keyUsage: X509KeyUsageFlags.DigitalSignature);
        Assert.True(Misleads(unsigning, [unsigning]));
        Assert.True(Misleads(unsigningBelow, [s_root, unsigningBelow]));
    }

    [Fact]
    public void So_does_one_that_cannot_be_decoded()
    {
        var keys = new ChainKeys(new Random(1));
        CertificateDraft root = GoodChain.Authority(keys, "Root", null);
        CertificateDraft twice = GoodChain.Authority(keys, "Twice", root);
        twice.Others.Add(new Extension(Extension.BasicConstraints, true, [0x30, 0x03, 0x01, 0x01, 0xff]));
        X509Certificate2 malformed = X509CertificateLoader.LoadCertificate(twice.Encoded);
        Assert.True(Misleads(malformed, [X509CertificateLoader.LoadCertificate(root.Encoded), malformed]));
    }

    [Fact]
    public void Only_others_of_the_same_name_are_taken_for_them()
    {
        MisleadingCertificates misleading = MisleadingCertificates.Among([s_root, s_deeper, Authority("Deeper", s_stranger)]);
        Assert.False(misleading.HasNamesakeOf(s_deeper.SubjectName.RawData, s_deeper.RawData));
        Assert.True(misleading.HasNamesakeOf(s_deeper.SubjectName.RawData, Authority("Deeper", s_below).RawData));
        Assert.False(misleading.HasNamesakeOf(s_below.SubjectName.RawData, s_below.RawData));
        Assert.False(MisleadingCertificates.Among([s_root]).HasNamesakeOf(s_root.SubjectName.RawData, s_below.RawData));
        Assert.False(MisleadingCertificates.Among([]).HasNamesakeOf(s_root.SubjectName.RawData, s_root.RawData));
    }

    [Fact]
    public void They_count_in_a_digest_in_any_order()
    {
        X509Certificate2[] others = [.. Enumerable.Range(0, 4).Select(i => Authority($"Nowhere {i}", s_stranger))];
        string digest = DigestOf(others);
        Assert.Equal(digest, DigestOf([.. others.Reverse()]));
        Assert.Equal(digest, DigestOf([others[2], others[0], others[3], others[1]]));
        Assert.Distinct((string[])[digest, DigestOf(others[..3]), DigestOf(others[..1]), DigestOf([])]);
    }

    /// <summary>Whether another certificate of its name would be taken for it.</summary>
    private static bool Misleads(X509Certificate2 certificate, X509Certificate2[] trusted) =>
        MisleadingCertificates.Among(trusted).HasNamesakeOf(certificate.SubjectName.RawData, [0]);

    private static string DigestOf(X509Certificate2[] trusted)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        MisleadingCertificates.Among(trusted).AppendTo(hash);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
