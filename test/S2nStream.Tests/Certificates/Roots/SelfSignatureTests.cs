using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Roots;
using S2nTls.Certificates.Verification;
using S2nTls.Reliability.Chains.Making;
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

    /// <summary>By the identifiers of the keys, or by the certificate that has the key (RFC 5280 §4.2.1.1).</summary>
    [Theory]
    [InlineData("30", true)]
    [InlineData("3006 8004 01020304", true)] // the subject's own identifier
    [InlineData("3006 8004 01020305", false)]
    [InlineData("3005 8003 010203", false)]
    [InlineData("3003 8201 07", true)] // its own serial number
    [InlineData("3003 8201 08", false)]
    [InlineData("3009 8004 01020304 8201 08", false)]
    [InlineData("300b 8004 01020304 A100 8201 07", true)]
    [InlineData("300b 8004 01020304 A100 8201 08", false)] // after the issuer's name
    [InlineData("3005 A100 8201 08", false)]
    public void Nor_is_one_that_names_another_key_as_its_issuers(string authority, bool isRoot)
    {
        byte[] value = Convert.FromHexString(authority.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(isRoot, SelfSignature.IsOn(Root(authorityKeyIdentifier: value.Length == 1 ? [0x30, 0x00] : value)));
    }

    [Fact]
    public void A_root_without_an_identifier_of_its_key_may_give_its_issuers_any() =>
        Assert.True(SelfSignature.IsOn(Root(authorityKeyIdentifier: [0x30, 0x03, 0x80, 0x01, 0x09], namesItsKey: false)));

    [Fact]
    public void A_signature_that_nobody_here_can_check_is_not_a_false_one()
    {
        Assert.True(SelfSignature.IsOn(WithUnknownAlgorithm(s_root)));
        Assert.False(SelfSignature.IsOn(WithUnknownAlgorithm(Authority("Own Intermediate", s_root)))); // issued by another all the same

        // A curve that there is not: the key cannot be had.
        byte[] changed = s_root.RawData;
        ReadOnlySpan<byte> prime256v1 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
        changed[changed.AsSpan().IndexOf(prime256v1) + 7] = 0x7f;
        Assert.True(SelfSignature.IsOn(X509CertificateLoader.LoadCertificate(changed)));
    }

    [Fact]
    public void One_that_is_no_whole_number_of_octets_is()
    {
        byte[] changed = s_root.RawData;
        int length = SignatureIn(changed).Length;
        changed[^(length + 1)] = 1; // unused bits
        Assert.False(SelfSignature.IsOn(X509CertificateLoader.LoadCertificate(changed)));
    }

    [Theory]
    [InlineData("P256", "P256")]
    [InlineData("P256", "Rsa2048")]
    [InlineData("P256", "Ed25519")]
    [InlineData("Rsa2048", "P256")]
    [InlineData("Rsa2048", "Rsa2048")]
    [InlineData("Rsa2048", "Ed25519")]
    [InlineData("Ed25519", "P256")]
    [InlineData("Ed25519", "Rsa2048")]
    [InlineData("Ed25519", "Ed25519")]
    public void A_key_of_another_kind_than_the_signatures_has_not_made_it(string own, string signing)
    {
        var keys = new ChainKeys(new Random(1));
        CertificateDraft root = GoodChain.Authority(keys, "Root", null);
        root.Key = keys.Next(Enum.Parse<KeyKind>(own));
        root.SigningKeyInstead = own == signing ? root.Key : keys.Next(Enum.Parse<KeyKind>(signing));
        root.AuthorityKeyIdentifier = Identifier.None;
        Assert.Equal(own == signing, SelfSignature.IsOn(X509CertificateLoader.LoadCertificate(root.Encoded)));
    }

    [Theory]
    [InlineData("EcdsaSha1", "P256")]
    [InlineData("EcdsaSha256", "P256")]
    [InlineData("EcdsaSha384", "P384")]
    [InlineData("EcdsaSha512", "P521")]
    [InlineData("RsaMd5", "Rsa2048")]
    [InlineData("RsaSha1", "Rsa2048")]
    [InlineData("RsaSha256", "Rsa2048")]
    [InlineData("RsaSha384", "Rsa2048")]
    [InlineData("RsaSha512", "Rsa2048")]
    public void With_every_hash_that_roots_are_signed_with_a_false_signature_is_told(string signature, string key)
    {
        foreach (bool isFalse in new[] { false, true })
        {
            var keys = new ChainKeys(new Random(1));
            CertificateDraft root = GoodChain.Authority(keys, "Root", null);
            root.Key = keys.Next(Enum.Parse<KeyKind>(key));
            root.Signature = Enum.Parse<SignatureKind>(signature);
            root.HasSpoiltSignature = isFalse;
            Assert.Equal(!isFalse, SelfSignature.IsOn(X509CertificateLoader.LoadCertificate(root.Encoded)));
        }
    }

    [Fact]
    public void What_an_issuer_has_signed_bears_its_name_too()
    {
        using X509Certificate2 intermediate = Authority("Own Intermediate", s_root);
        using X509Certificate2 namesake = Authority("Own Root");
        Assert.True(SelfSignature.IsIssuedBy(intermediate, s_root));
        Assert.False(SelfSignature.IsIssuedBy(intermediate, namesake));
        Assert.False(SelfSignature.IsIssuedBy(s_root, intermediate));
        Assert.False(SelfSignature.IsIssuedBy(WithUnknownAlgorithm(intermediate), intermediate));
        Assert.True(SelfSignature.IsIssuedBy(WithUnknownAlgorithm(intermediate), namesake));
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
        Assert.Null(CertificateValidation.For(VerificationSettings.Of(new S2nClientOptions { CertificateChainPolicy = policy })));
        policy.CustomTrustStore.Add(Authority("Own Root", s_root));
        Assert.NotNull(CertificateValidation.For(VerificationSettings.Of(new S2nClientOptions { CertificateChainPolicy = policy })));
    }

    /// <summary>With serial number 7, and 1, 2, 3, 4 as the identifier of its key.</summary>
    private static X509Certificate2 Root(byte[] authorityKeyIdentifier, bool namesItsKey = true)
    {
        CertificateDraft root = GoodChain.Authority(new ChainKeys(new Random(1)), "Root", null);
        root.Serial = [7];
        root.SubjectKeyIdentifier = namesItsKey ? Identifier.Right : Identifier.None;
        root.Values[Extension.SubjectKeyIdentifier] = [0x04, 0x04, 1, 2, 3, 4];
        root.Values[Extension.AuthorityKeyIdentifier] = authorityKeyIdentifier;
        return X509CertificateLoader.LoadCertificate(root.Encoded);
    }

    /// <summary>The last part of the algorithm's identifier, in the certificate and beside the signature, is made into one that there is not.</summary>
    private static X509Certificate2 WithUnknownAlgorithm(X509Certificate2 certificate)
    {
        byte[] changed = certificate.RawData;
        ReadOnlySpan<byte> ecdsaWithSha256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
        int count = 0;
        for (int at; (at = changed.AsSpan().IndexOf(ecdsaWithSha256)) >= 0; count++)
        {
            changed[at + 7] = 0x7f;
        }

        Assert.Equal(2, count);
        return X509CertificateLoader.LoadCertificate(changed);
    }

    private static byte[] SignatureIn(byte[] certificate)
    {
        AsnReader whole = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence();
        whole.ReadEncodedValue();
        whole.ReadEncodedValue();
        return whole.ReadBitString(out _);
    }
}
