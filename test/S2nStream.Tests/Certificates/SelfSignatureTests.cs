using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>What is a root, and what only looks like one.</summary>
public class SelfSignatureTests
{
    private static readonly X509Certificate2 s_root = Authority("Own Root");

    [Fact]
    public void A_root_is_signed_with_its_own_key()
    {
        Assert.True(SelfSignature.IsOn(s_root));
        Assert.True(SelfSignature.IsOn(Leaf(null)));
        Assert.True(SelfSignature.IsOn(Leaf(null, key: RSA.Create(2048))));
        Assert.True(SelfSignature.IsOn(Leaf(null, key: ECDsa.Create(ECCurve.NamedCurves.nistP384))));
        Assert.True(SelfSignature.IsOn(TestAuthority.Default.Roots[0]));
    }

    [Fact]
    public void What_somebody_else_has_issued_is_no_root()
    {
        Assert.False(SelfSignature.IsOn(Authority("Own Intermediate", s_root)));
        Assert.False(SelfSignature.IsOn(Leaf(s_root)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nor_is_a_new_key_that_the_old_one_has_signed_under_one_name(bool namesOldKey) =>
        Assert.False(SelfSignature.IsOn(Authority("Own Root", s_root, namesIssuersKey: namesOldKey)));

    [Fact]
    public void Nor_is_one_whose_signature_is_false()
    {
        byte[] changed = s_root.RawData;
        changed[^1] ^= 1;
        Assert.False(SelfSignature.IsOn(X509CertificateLoader.LoadCertificate(changed)));
    }

    [Fact]
    public void A_signature_that_nobody_here_can_check_is_not_a_false_one()
    {
        // The last part of the algorithm's identifier, in the certificate and beside the signature, made into one that there is not.
        byte[] changed = s_root.RawData;
        ReadOnlySpan<byte> ecdsaWithSha256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
        int count = 0;
        for (int at; (at = changed.AsSpan().IndexOf(ecdsaWithSha256)) >= 0; count++)
        {
            changed[at + 7] = 0x7f;
        }

        Assert.Equal(2, count);
        Assert.True(SelfSignature.IsOn(X509CertificateLoader.LoadCertificate(changed)));
    }

    [Fact]
    public void A_context_takes_no_other_for_a_root()
    {
        byte[] changed = s_root.RawData;
        changed[^1] ^= 1;
        X509Certificate2[] others = [Authority("Own Root", s_root), Authority("Own Intermediate", s_root), X509CertificateLoader.LoadCertificate(changed)];
        foreach (X509Certificate2 other in others)
        {
            var thrown = Assert.Throws<ArgumentException>(() => S2nContext.CreateClient(new S2nClientOptions { TrustedRoots = [s_root, other] }));
            Assert.Contains(other.Subject, thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Whoever_gives_a_chain_policy_with_such_a_one_is_judged_by_dotnet()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(s_root);
        Assert.Null(CertificateValidation.For(new S2nClientOptions { CertificateChainPolicy = policy }, isServer: false));
        policy.CustomTrustStore.Add(Authority("Own Root", s_root));
        Assert.NotNull(CertificateValidation.For(new S2nClientOptions { CertificateChainPolicy = policy }, isServer: false));
    }
}
