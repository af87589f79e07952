using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;
using S2nTls.Certificates.Roots;
using S2nTls.Certificates.Verification;
using S2nTls.Reliability.Chains.Cases;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Tests.Certificates;

/// <summary>Each demand on a chain that somebody has verified already, by itself: what is demanded, of whom, and in which words it is told.</summary>
public class ChainDemandsTests
{
    private const string Untrusted = "S2N_ERR_CERT_UNTRUSTED", Intent = "S2N_ERR_CERT_INTENT_INVALID", Invalid = "S2N_ERR_CERT_INVALID", Name = "S2N_ERR_CERT_INVALID_HOSTNAME";

    [Theory]
    [InlineData("building: three intermediates", null, null)]
    [InlineData("authority: a root without basic constraints", Untrusted, "does not say that it is an authority")]
    [InlineData("path length: in a leaf that is no authority", Untrusted, "has a path length constraint, and is no authority")]
    [InlineData("path length: of 0, and a self-issued intermediate", null, null)]
    [InlineData("purpose: the leaf's for clients only", Intent, "the extended key usage of 'CN=leaf, O=Chains' does not allow servers")]
    [InlineData("purpose: the root's for clients only", Intent, "the extended key usage of 'CN=Root, O=Chains' does not allow servers")]
    [InlineData("purpose: the leaf's any", Intent, "does not allow servers")]
    [InlineData("purpose: the leaf's any and for servers", null, null)]
    [InlineData("purpose: the leaf's none in the list", Intent, "does not allow servers")]
    [InlineData("purpose: the leaf's missing", null, null)]
    [InlineData("purpose: the leaf's Netscape type for servers", null, null)]
    [InlineData("purpose: the leaf's Netscape type for clients", Intent, "Netscape")]
    [InlineData("purpose: the leaf's application policies for servers", null, null)]
    [InlineData("purpose: the leaf's application policies for clients", Intent, "the application policies of 'CN=leaf, O=Chains' do not allow servers")]
    [InlineData("usage: the leaf's digitalSignature only", null, null)]
    [InlineData("usage: the leaf's keyEncipherment only", null, null)]
    [InlineData("usage: the leaf's keyAgreement only", null, null)]
    [InlineData("usage: the leaf's keyCertSign only", Intent, "its key usage does not allow TLS")]
    [InlineData("usage: the leaf's missing", null, null)]
    [InlineData("anchor: a self-signed leaf", null, null)]
    [InlineData("anchor: a self-signed authority as leaf", null, null)]
    [InlineData("anchor: a self-signed authority as leaf without keyCertSign", Invalid, "does not allow to sign certificates")]
    [InlineData("extension: an unknown critical one in the leaf", "S2N_ERR_CERT_UNHANDLED_CRITICAL_EXTENSION", "a critical extension that is not known here")]
    [InlineData("extension: an unknown one in the leaf", null, null)]
    [InlineData("extension: critical address blocks in an intermediate", "S2N_ERR_CERT_UNHANDLED_CRITICAL_EXTENSION", "'CN=Intermediate 1, O=Chains' has a critical extension")]
    [InlineData("extension: critical distribution points in the leaf", null, null)]
    [InlineData("extension: malformed policies in an intermediate", Invalid, "cannot be decoded")]
    [InlineData("extension: malformed policies in the leaf", Name, "cannot be decoded")]
    [InlineData("extension: key usage with unused bits set", Name, "cannot be decoded")]
    [InlineData("extension: a policy that is required, and a leaf without purposes", Intent, "'CN=Intermediate 1, O=Chains' requires a policy of all certificates below")]
    [InlineData("extension: an explicit policy that nobody has", null, null)]
    [InlineData("extension: policy constraints that are not critical", null, null)]
    [InlineData("constraints of an intermediate: excluded within a wildcard", Untrusted, "the name constraints of 'CN=Intermediate 1, O=Chains' exclude a host for which a wildcard")]
    [InlineData("constraints of the root: permitted DNS name with a dot at its end", Untrusted, "the name constraints of 'CN=Root, O=Chains' have a name with a dot at its end")]
    [InlineData("constraints of the root: permitted DNS name, below", null, null)]
    [InlineData("constraints: an intermediate with a mailbox, below constraints that are none", Untrusted, "have a mailbox that is none")]
    [InlineData("constraints: an intermediate whose common name is a host's outside", Untrusted, "common name")]
    [InlineData("constraints: on a self-issued intermediate's names", null, null)]
    [InlineData("signature: EcdsaSha1", Untrusted, "'CN=leaf, O=Chains' is signed with SHA-1, MD5 or another algorithm")]
    [InlineData("signature: EcdsaSha224", Untrusted, "is signed with SHA-1, MD5 or another algorithm")]
    [InlineData("signature: PssSha1", Untrusted, "is signed with SHA-1, MD5 or another algorithm")]
    [InlineData("signature: EcdsaSha1 in an intermediate", Untrusted, "'CN=Intermediate 1, O=Chains' is signed with SHA-1")]
    [InlineData("signature: EcdsaSha1 in the root", null, null)]
    [InlineData("key: Ed25519 in an intermediate", Untrusted, "'CN=leaf, O=Chains' is signed with SHA-1, MD5 or another algorithm")]
    public void Of_servers(string named, string? error, string? words) => Check(NamedCases.All[named].Make(1), error, words);

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(0, 1, "1 intermediates, but its path length constraint is 0")]
    [InlineData(1, 1, null)]
    [InlineData(1, 3, "3 intermediates, but its path length constraint is 1")]
    [InlineData(3, 3, null)]
    public void The_roots_path_length_counts(int most, int intermediates, string? words)
    {
        ChainDraft chain = GoodChain.Make(new ChainKeys(new Random(1)), intermediates, isClients: false);
        chain.Root.Basic = new(true, most);
        Check(chain, words is null ? null : Untrusted, words);
    }

    [Theory]
    [InlineData(0, 1, 0, true)]
    [InlineData(0, 0, 0, true)]
    [InlineData(1, 0, 0, false)] // the leaf is the first below, and free
    [InlineData(1, 1, 0, true)]
    [InlineData(1, 2, 0, true)]
    [InlineData(5, 2, 0, false)]
    [InlineData(0, 2, 1, true)]
    [InlineData(0, 2, 2, true)]
    [InlineData(1, 2, 1, true)]
    [InlineData(2, 2, 1, false)] // the two next below are free
    [InlineData(2, 2, 0, true)]
    [InlineData(0, 0, 1, false)] // it is not below
    public void A_required_policy_is_one_of_the_certificates_below_the_free_ones(int free, int at, int without, bool isRefused)
    {
        ChainDraft chain = GoodChain.Make(new ChainKeys(new Random(1)), intermediates: 2, isClients: false);
        foreach (CertificateDraft certificate in chain.Path)
        {
            certificate.ExtendedKeyUsage = [CertificateDraft.ServerAuthentication];
        }

        chain.Path[without].ExtendedKeyUsage = null;
        chain.Path[at + 1].Others.Add(new Extension(Extension.PolicyConstraints, true, [0x30, 0x03, 0x80, 0x01, (byte)free]));
        Check(chain, isRefused ? Intent : null, isRefused ? "requires a policy" : null);
    }

    [Theory]
    [InlineData("the extended key usage of 'CN=leaf, O=Chains' does not allow clients", Extension.ExtendedKeyUsage, "300A06082B06010505070301")]
    [InlineData("(Netscape's extension) does not allow clients", Extension.NetscapeType, "03020640")]
    [InlineData("the application policies of 'CN=leaf, O=Chains' do not allow clients", Extension.ApplicationPolicies, "300C300A06082B06010505070301")]
    [InlineData(null, Extension.NetscapeType, "03020780")]
    [InlineData(null, Extension.ApplicationPolicies, "300C300A06082B06010505070302")]
    [InlineData(null, Extension.ExtendedKeyUsage, "301406082B0601050507030206082B06010505070302")] // twice
    [InlineData("the extended key usage", Extension.ExtendedKeyUsage, "300E06082B0601050507030206022A80")] // and one that is none
    public void Of_clients(string? words, string type, string value)
    {
        ChainDraft chain = GoodChain.Make(new ChainKeys(new Random(1)), isClients: true);
        if (type == Extension.ExtendedKeyUsage)
        {
            chain.Leaf.ExtendedKeyUsage = null;
        }

        chain.Leaf.Others.Add(new Extension(type, false, Convert.FromHexString(value)));
        Check(chain, words is null ? null : Intent, words);
    }

    /// <summary>What is outside is told, whatever the names of the others are.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Constraints_bind_every_intermediate_that_has_names(int outside)
    {
        foreach (bool isOutside in new[] { false, true })
        {
            ChainDraft chain = GoodChain.Make(new ChainKeys(new Random(1)), intermediates: 3);
            chain.Root.Constraints = new([], [GeneralName.Dns("forbidden.example.com")]);
            for (int i = 1; i <= 3; i++)
            {
                chain.Path[i].Names = [GeneralName.Dns(i == outside && isOutside ? "*.example.com" : "authority.example.com")];
            }

            Check(chain, isOutside ? Untrusted : null, isOutside ? "exclude a host for which a wildcard" : null);
        }
    }

    [Fact]
    public void Only_a_root_may_be_signed_with_what_is_not_taken()
    {
        ChainDraft selfIssued = GoodChain.Make(new ChainKeys(new Random(1)), intermediates: 1);
        selfIssued.Path[1].Subject = selfIssued.Root.Subject;
        selfIssued.Path[1].Signature = SignatureKind.EcdsaSha1;
        Check(selfIssued, Untrusted, "is signed with SHA-1");

        ChainDraft cut = GoodChain.Make(new ChainKeys(new Random(1)), intermediates: 1);
        cut.Path[1].Signature = SignatureKind.EcdsaSha1;
        cut.Path.RemoveAt(2); // the intermediate stands for the anchor
        Check(cut, Untrusted, "is signed with SHA-1");
    }

    [Fact]
    public void A_certificate_whose_name_a_misleading_one_bears_is_no_issuer()
    {
        ChainDraft chain = GoodChain.Make(new ChainKeys(new Random(1)), intermediates: 1, isClients: false);
        CertificateDraft other = chain.Path[1].Copy("other");
        other.Issuer = GoodChain.Authority(new ChainKeys(new Random(2)), "Elsewhere", null);
        MisleadingCertificates Among(params CertificateDraft[] trusted) => MisleadingCertificates.Among(trusted.Select(certificate => X509CertificateLoader.LoadCertificate(certificate.Encoded)));
        Check(chain, Untrusted, "there is another certificate of the name 'CN=Intermediate 1, O=Chains'", misleading: Among(chain.Root, other));
        Check(chain, null, null, misleading: Among(chain.Root, chain.Path[1]));
        Check(chain, null, null, misleading: Among(chain.Path[1])); // it leads nowhere by itself; but it is the one that was sent
        Check(chain, null, null, misleading: Among(chain.Root, other, other.Issuer));
        Check(chain, null, null, misleading: Among());
    }

    [Fact]
    public void The_host_is_demanded_where_there_is_one()
    {
        ChainDraft chain = GoodChain.Make(new ChainKeys(new Random(1)), intermediates: 0, isClients: false);
        chain.Leaf.Names = [GeneralName.Dns("other.example")];
        Check(chain, Name, "it was not issued for 'www.example.com'");
        Check(chain, null, null, terms => terms with { Host = null });
    }

    [Fact]
    public void Of_clients_other_purposes_are_demanded()
    {
        ChainDraft chain = GoodChain.Make(new ChainKeys(new Random(1)), intermediates: 1, isClients: true);
        Check(chain, null, null);
        chain.Path[1].ExtendedKeyUsage = [CertificateDraft.ServerAuthentication];
        Check(Fresh(chain), Intent, "does not allow clients");
        Check(Fresh(chain), null, null, terms => terms with { OfPurpose = false });
        chain.Path[1].ExtendedKeyUsage = null;
        chain.Leaf.KeyUsage = X509KeyUsageFlags.KeyEncipherment; // a server's key may transport a secret, a client's may not
        Check(Fresh(chain), Intent, "its key usage does not allow TLS");
        chain.Leaf.KeyUsage = X509KeyUsageFlags.DigitalSignature;
        chain.Leaf.Others.Add(new Extension(Extension.NetscapeType, false, [0x03, 0x02, 0x06, 0x40]));
        Check(Fresh(chain), Intent, "does not allow clients");
        Check(Fresh(chain), null, null, terms => terms with { OfPurpose = false });
    }

    [Fact]
    public void Whoever_loosens_what_issuers_may_do_loosens_it_here_but_not_how_they_sign()
    {
        foreach (string named in new[]
        {
            "authority: a root without basic constraints", "path length: in a leaf that is no authority", "extension: an unknown critical one in the leaf", "anchor: a self-signed authority as leaf without keyCertSign",
            "constraints of an intermediate: excluded within a wildcard", "extension: a policy that is required, and a leaf without purposes",
        })
        {
            Check(NamedCases.All[named].Make(1), null, null, terms => terms with { OfIssuers = false });
        }

        Check(NamedCases.All["signature: EcdsaSha1"].Make(1), Untrusted, "is signed with SHA-1", terms => terms with { OfIssuers = false, OfPurpose = false });
    }

    private static ChainDraft Fresh(ChainDraft chain)
    {
        ChainDraft made = GoodChain.Make(new ChainKeys(new Random(1)), chain.Intermediates.Count(), isClients: chain.IsClients);
        for (int i = 0; i < made.Path.Count; i++)
        {
            made.Path[i].ExtendedKeyUsage = chain.Path[i].ExtendedKeyUsage;
            made.Path[i].KeyUsage = chain.Path[i].KeyUsage;
            made.Path[i].Others.AddRange(chain.Path[i].Others);
        }

        return made;
    }

    private static void Check(ChainDraft chain, string? error, string? words, Func<ChainDemands.Terms, ChainDemands.Terms>? change = null, MisleadingCertificates? misleading = null)
    {
        var terms = new ChainDemands.Terms(chain.IsClients, chain.IsClients ? null : new HostNameMatch(chain.Host), Misleading: misleading);
        var demands = new ChainDemands(change?.Invoke(terms) ?? terms);
        UnmetDemand? unmet = null;
        CertificateDraft[] path = chain.Leaf.Issuer is null ? [chain.Leaf] : [.. chain.Path];
        for (int i = 0; i < path.Length; i++)
        {
            unmet ??= demands.Next(path[i].Encoded, isLast: i == path.Length - 1);
        }

        Assert.Equal(error, unmet?.Error);
        Assert.Contains(words ?? "", unmet?.Reason ?? "", StringComparison.Ordinal);
    }
}
