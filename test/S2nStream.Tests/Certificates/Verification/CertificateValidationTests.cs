using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;
using S2nTls.Certificates.Verification;
using S2nTls.Errors;
using S2nTls.Reliability.Chains.Cases;
using S2nTls.Reliability.Chains.Making;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>.NET's judgement by itself: what it demands, what loosens it, what it tells the callback, and by which name and in which words it refuses.</summary>
public class CertificateValidationTests
{
    private static readonly X509Certificate2 s_root = Authority("Judging Root");
    private static readonly X509Certificate2 s_intermediate = Authority("Judging Intermediate", s_root);
    private static readonly X509Certificate2 s_leaf = Leaf(s_root);
    private static readonly X509Certificate2 s_chained = Leaf(s_intermediate);
    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;

    /// <summary>.NET is asked for nothing that s2n would not do by these alone.</summary>
    private static X509ChainPolicy Plain => new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { s_root }, RevocationMode = X509RevocationMode.NoCheck };

    [Theory]
    [InlineData("building: three intermediates", null)]
    [InlineData("authority: a root without basic constraints", "S2N_ERR_CERT_UNTRUSTED")]
    [InlineData("path length: in a leaf that is no authority", "S2N_ERR_CERT_UNTRUSTED")]
    [InlineData("purpose: the root's for clients only", "S2N_ERR_CERT_INTENT_INVALID")]
    [InlineData("usage: the leaf's keyCertSign only", "S2N_ERR_CERT_INTENT_INVALID")]
    [InlineData("anchor: a self-signed leaf", null)]
    [InlineData("anchor: a self-signed authority as leaf", null)]
    [InlineData("anchor: a self-signed authority as leaf without keyCertSign", "S2N_ERR_CERT_INVALID")]
    [InlineData("signature: the leaf's spoilt", "S2N_ERR_CERT_UNTRUSTED")]
    [InlineData("signature: EcdsaSha1", "S2N_ERR_CERT_UNTRUSTED")]
    [InlineData("signature: EcdsaSha1 in an intermediate", "S2N_ERR_CERT_UNTRUSTED")]
    [InlineData("signature: EcdsaSha1 in the root", null)]
    [InlineData("constraints: an intermediate whose common name is a host's outside", "S2N_ERR_CERT_UNTRUSTED")]
    public void Of_named_chains(string name, string? error)
    {
        ChainDraft chain = NamedCases.All[name].Make(1);
        X509Certificate2Collection sent = Load(chain.Sent);
        foreach (X509VerificationFlags flags in new[] { X509VerificationFlags.NoFlag, X509VerificationFlags.IgnoreInvalidName })
        {
            X509ChainPolicy policy = Trusting(Load(chain.Anchors), flags);
            Assert.Equal(error, Judge(sent, options => options.CertificateChainPolicy = policy, chain.Host)?.Error);
        }
    }

    [Theory]
    [InlineData("authority: a root without basic constraints")]
    [InlineData("path length: in a leaf that is no authority")]
    [InlineData("constraints: an intermediate whose common name is a host's outside")]
    public void Whoever_loosens_dotnets_by_a_flag_loosens_what_is_demanded_beyond_it(string name)
    {
        ChainDraft chain = NamedCases.All[name].Make(1);
        X509ChainPolicy policy = Trusting(Load(chain.Anchors), X509VerificationFlags.IgnoreNotTimeValid);
        Assert.Null(Judge(Load(chain.Sent), options => options.CertificateChainPolicy = policy, chain.Host));
    }

    [Fact]
    public void The_name_counts_unless_it_is_to_be_ignored()
    {
        Assert.Null(Judge([s_leaf], WithCallback()));
        Assert.Null(Judge([s_leaf], WithCallback(), host: null));
        S2nFault refusal = Assert.IsType<S2nFault>(Judge([s_leaf], WithCallback(), "elsewhere.test"));
        Assert.Equal("S2N_ERR_CERT_INVALID_HOSTNAME", refusal.Error);
        Assert.Null(Judge([s_leaf], options => options.CertificateChainPolicy = Trusting([s_root], X509VerificationFlags.IgnoreInvalidName), "elsewhere.test"));
    }

    [Fact]
    public void The_callback_is_told_all_that_is_wrong_and_has_the_last_word()
    {
        X509Certificate2 leaf = Leaf(Authority("Stranger"), ["elsewhere.test"], []);
        SslPolicyErrors? seen = null;
        object? sender = null;
        Assert.Null(Judge([leaf], Callback((from, _, _, errors) => (sender = from, seen = errors) is not (null, null)), sender: "the stream"));
        Assert.Equal(SslPolicyErrors.RemoteCertificateChainErrors | SslPolicyErrors.RemoteCertificateNameMismatch, seen);
        Assert.Equal("the stream", sender);
        Assert.Equal("S2N_ERR_CERT_REJECTED", Judge([s_leaf], Callback((_, _, _, errors) => errors != SslPolicyErrors.None))?.Error);
    }

    [Fact]
    public void The_chain_is_built_for_servers_with_what_was_sent_and_nothing_is_downloaded()
    {
        X509ChainPolicy? policy = null;
        X509Certificate2 elsewhere = Authority("Elsewhere");
        Judge([s_chained, s_intermediate], options =>
        {
            options.TrustedRoots = [s_root];
            options.CertificatesOfMachine = [elsewhere];
            options.RemoteCertificateValidationCallback = (_, _, chain, _) =>
            {
                policy = chain!.ChainPolicy;
                Assert.Contains(s_intermediate, policy.ExtraStore);
                Assert.Contains(elsewhere, policy.ExtraStore);
                Assert.Equal(["1.3.6.1.5.5.7.3.1"], policy.ApplicationPolicy.Cast<Oid>().Select(purpose => purpose.Value));
                return true;
            };
        });
        Assert.True(policy!.DisableCertificateDownloads);
    }

    [Fact]
    public void For_clients_where_a_server_judges()
    {
        X509Certificate2 clients = Leaf(s_root, usage: ClientAuthentication);
        foreach ((X509Certificate2 leaf, string? error) in new[] { (clients, null), (s_leaf, "S2N_ERR_CERT_INTENT_INVALID") })
        {
            CertificateValidation validation = Validation(
                new S2nServerOptions { TrustedRoots = [s_root], RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None });
            Assert.Equal(error, validation.Judge(null, [leaf], null)?.Error);
        }
    }

    [Fact]
    public void A_purpose_of_the_policys_own_takes_the_place_of_the_usual_one()
    {
        X509ChainPolicy policy = Plain;
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        Assert.Null(Judge([Leaf(s_root, usage: ClientAuthentication)], options => options.CertificateChainPolicy = policy));
        Assert.Equal("S2N_ERR_CERT_INTENT_INVALID", Judge([s_leaf], options => options.CertificateChainPolicy = policy)?.Error);
    }

    [Fact]
    public void What_it_says_tells_who_has_refused_and_why()
    {
        string byPolicy = Judge([s_leaf], options => options.CertificateChainPolicy = Now(), "elsewhere.test")!.Message;
        Assert.Equal("The peer's certificate is refused; SslPolicyErrors: RemoteCertificateNameMismatch (S2N_ERR_CERT_INVALID_HOSTNAME).", byPolicy);
        string byCallback = Judge([Leaf(s_root, notBefore: s_now.AddDays(-4), notAfter: s_now.AddDays(-2))], WithCallback())!.Message;
        Assert.StartsWith("The validation callback refused the peer's certificate; SslPolicyErrors: RemoteCertificateChainErrors; chain: NotTimeValid: ", byCallback, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_leads_nowhere_is_untrusted_whatever_else_is_wrong()
    {
        X509Certificate2 stranger = Authority("Stranger");
        X509Certificate2 expired = Leaf(stranger, notBefore: s_now.AddDays(-4), notAfter: s_now.AddDays(-2));
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", Judge([expired], WithCallback())?.Error);
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", Judge([expired, stranger], WithCallback())?.Error);
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", Judge([Leaf(stranger, usage: ClientAuthentication)], WithCallback())?.Error);

        // Nothing is said of a root that there is not.
        string message = Judge([s_chained], WithCallback())!.Message;
        Assert.DoesNotContain("the trusted root", message, StringComparison.Ordinal);
        Assert.DoesNotContain("was not sent", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_time_that_counts_is_the_policys_where_it_has_one()
    {
        X509Certificate2 expired = Leaf(s_root, notBefore: s_now.AddDays(-4), notAfter: s_now.AddDays(-2));
        X509ChainPolicy early = Now();
        early.VerificationTime = s_now.AddDays(-4.5).UtcDateTime;
        Assert.Equal("S2N_ERR_CERT_NOT_YET_VALID", Judge([expired], options => options.CertificateChainPolicy = early)?.Error);
        X509ChainPolicy inTime = Now();
        inTime.VerificationTime = s_now.AddDays(-3).UtcDateTime;
        Assert.Null(Judge([expired], options => options.CertificateChainPolicy = inTime));

        X509ChainPolicy ignored = Plain;
        ignored.VerificationTime = s_now.AddDays(-4.5).UtcDateTime;
        ignored.VerificationTimeIgnored = true;
        Assert.Equal("S2N_ERR_CERT_EXPIRED", Judge([expired], options =>
        {
            options.CertificateChainPolicy = ignored;
            options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None;
        })?.Error);
    }

    [Fact]
    public void The_peer_is_told_by_the_alert_that_fits()
    {
        foreach ((X509Certificate2 leaf, string host, TlsAlert alert) in new[]
        {
            (Leaf(Authority("Stranger")), "localhost", TlsAlert.UnknownCA),
            (Leaf(s_root, notBefore: s_now.AddDays(-4), notAfter: s_now.AddDays(-2)), "localhost", TlsAlert.CertificateExpired),
            (s_leaf, "elsewhere.test", TlsAlert.BadCertificate),
            (Leaf(s_root, usage: ClientAuthentication), "localhost", TlsAlert.UnsupportedCertificate),
        })
        {
            Assert.Equal(alert, Judge([leaf], WithCallback(), host)?.CertificateAlert);
        }

        Assert.Equal(TlsAlert.AccessDenied, Judge([s_leaf], Callback((_, _, _, _) => false))?.CertificateAlert);
    }

    [Fact]
    public void A_root_that_is_trusted_by_name_only_is_none()
    {
        byte[] changed = s_root.RawData;
        changed[^1] ^= 1;
        X509ChainPolicy policy = Trusting([X509CertificateLoader.LoadCertificate(changed)]);
        S2nFault refusal = Assert.IsType<S2nFault>(Judge([s_leaf], options => options.CertificateChainPolicy = policy));
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", refusal.Error);
        Assert.Contains("the trusted root 'CN=Judging Root' was not signed with its own key", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_intermediate_that_only_this_machine_knows_was_not_sent()
    {
        S2nFault refusal = Assert.IsType<S2nFault>(Judge([s_chained], options =>
        {
            options.CertificateChainPolicy = Now();
            options.CertificatesOfMachine = [s_intermediate];
        }));
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", refusal.Error);
        Assert.Contains("the intermediate 'CN=Judging Intermediate' was not sent", refusal.Message, StringComparison.Ordinal);

        Assert.Null(Judge([s_chained], options => options.CertificateChainPolicy = Now(extra: s_intermediate)));
        Assert.Null(Judge([s_chained], options => options.CertificateChainPolicy = Trusting([s_root, s_intermediate])));
        Assert.Null(Judge([s_chained], options =>
        {
            options.CertificateChainPolicy = Trusting([s_root], X509VerificationFlags.IgnoreNotTimeValid);
            options.CertificatesOfMachine = [s_intermediate];
        }));
    }

    [Fact]
    public void A_namesake_among_what_is_trusted_or_known_misleads()
    {
        // It is expired, so that .NET prefers the right one.
        X509Certificate2 namesake = Leaf(
            Authority("Elsewhere"), [], [], "CN=Judging Intermediate", isAuthority: true, keyUsage: X509KeyUsageFlags.KeyCertSign, notBefore: s_now.AddDays(-4), notAfter: s_now.AddDays(-2));
        foreach (bool isTrusted in new[] { false, true })
        {
            S2nFault refusal = Assert.IsType<S2nFault>(Judge([s_chained, s_intermediate], options =>
            {
                options.CertificateChainPolicy = isTrusted ? Trusting([s_root, namesake]) : Now();
                options.CertificatesOfMachine = isTrusted ? null : [namesake];
            }));
            Assert.Equal("S2N_ERR_CERT_UNTRUSTED", refusal.Error);
            Assert.Contains("there is another certificate of the name 'CN=Judging Intermediate'", refusal.Message, StringComparison.Ordinal);
        }

        // One that is both trusted and known counts once, and one that leads to the root not at all.
        Assert.Null(Judge([s_chained, s_intermediate], options =>
        {
            options.CertificateChainPolicy = Trusting([s_root, s_intermediate]);
            options.CertificatesOfMachine = [s_root, Authority("Judging Intermediate", s_root)];
        }));
    }

    [Fact]
    public void A_policy_counts_for_all_that_is_sent_and_for_the_root()
    {
        S2nSecurityPolicy strict = S2nSecurityPolicy.Cnsa1;
        var keys = new ChainKeys(new Random(1));
        foreach ((KeyKind root, KeyKind leaf, string? error) in new[]
        {
            (KeyKind.P384, KeyKind.P384, (string?)null),
            (KeyKind.P384, KeyKind.P256, "S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT"),
            (KeyKind.P256, KeyKind.P384, "S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT"),
        })
        {
            ChainDraft chain = GoodChain.Make(keys, intermediates: 0);
            chain.Leaf.Key = keys.Next(leaf);
            chain.Root.Key = keys.Next(root);
            chain.Leaf.Signature = root == KeyKind.P384 ? SignatureKind.EcdsaSha384 : null;
            X509ChainPolicy policy = Trusting(Load(chain.Anchors));
            Assert.Equal(error, Judge(Load(chain.Sent), options => (options.CertificateChainPolicy, options.SecurityPolicy) = (policy, strict), chain.Host)?.Error);
            Assert.Null(Judge(Load(chain.Sent), options => options.CertificateChainPolicy = policy, chain.Host));
        }

        // One that is sent beside the chain, and is not needed.
        ChainDraft good = GoodChain.Make(keys, intermediates: 0);
        good.Leaf.Key = keys.Next(KeyKind.P384);
        good.Root.Key = keys.Next(KeyKind.P384);
        good.Leaf.Signature = SignatureKind.EcdsaSha384;
        X509ChainPolicy trusting = Trusting(Load(good.Anchors));
        Assert.Equal("S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT", Judge(
            [.. Load(good.Sent), s_intermediate], options => (options.CertificateChainPolicy, options.SecurityPolicy) = (trusting, strict), good.Host)?.Error);
    }

    [Fact]
    public void A_client_without_a_certificate_is_the_callbacks_to_judge()
    {
        static S2nServerOptions Options(RemoteCertificateValidationCallback? callback) => new()
        {
            TrustedRoots = [s_root],
            CertificateRevocationCheckMode = X509RevocationMode.Offline,
            RemoteCertificateValidationCallback = callback,
        };
        Assert.Null(Validation(Options(null)).JudgeNone(null));
        SslPolicyErrors? seen = null;
        Assert.Null(Validation(Options((_, _, _, errors) => (seen = errors) is not null)).JudgeNone(null));
        Assert.Equal(SslPolicyErrors.RemoteCertificateNotAvailable, seen);
        S2nFault refusal = Validation(Options((_, _, _, _) => false)).JudgeNone(null)!;
        Assert.Equal("S2N_ERR_MISSING_CLIENT_CERT", refusal.Error);
        Assert.StartsWith("The validation callback refused", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void S2n_decides_where_only_roots_are_given()
    {
        static bool IsS2ns(Action<X509ChainPolicy> change)
        {
            X509ChainPolicy policy = Plain;
            change(policy);
            return !VerificationSettings.Of(new S2nClientOptions { CertificateChainPolicy = policy }).IsLeftToNet;
        }

        Assert.True(IsS2ns(_ => { }));
        Assert.True(IsS2ns(policy => policy.TrustMode = X509ChainTrustMode.System));
        Assert.False(IsS2ns(policy => policy.CustomTrustStore.Clear()));
        Assert.False(IsS2ns(policy => policy.CustomTrustStore.Add(s_intermediate)));
        Assert.False(IsS2ns(policy => policy.RevocationMode = X509RevocationMode.Offline));
        Assert.False(IsS2ns(policy => policy.VerificationFlags = X509VerificationFlags.IgnoreInvalidName));
        Assert.False(IsS2ns(policy => policy.VerificationTime = DateTime.Now));
        Assert.False(IsS2ns(policy => policy.ApplicationPolicy.Add(new Oid(ServerAuthentication))));
        Assert.False(IsS2ns(policy => policy.CertificatePolicy.Add(new Oid("2.5.29.32.0"))));
        Assert.False(IsS2ns(policy => policy.ExtraStore.Add(s_intermediate)));
        Assert.Throws<ArgumentException>(() => VerificationSettings.Of(new S2nClientOptions { CertificateChainPolicy = Plain, TrustedRoots = [s_root] }));
    }

    [Fact]
    public void One_that_dotnet_stumbles_over_is_refused()
    {
        // Policies that cannot be decoded make .NET 10 throw when a chain is built; .NET 11 does not look at them, and no name is found either.
        CertificateDraft leaf = GoodChain.Leaf(new ChainKeys(new Random(1)), null, "localhost");
        leaf.Others.Add(new Extension(Extension.CertificatePolicies, false, [0x30, 0x03, 0x02, 0x01, 0x01]));
        S2nFault? refusal = Judge([X509CertificateLoader.LoadCertificate(leaf.Encoded)], WithCallback());
        Assert.Equal(Runtime.Of(net10: "S2N_ERR_CERT_INVALID", net11: "S2N_ERR_CERT_INVALID_HOSTNAME"), refusal?.Error);
        Assert.Contains("cannot be decoded", refusal!.Message, StringComparison.Ordinal);
    }

    private static X509Certificate2Collection Load(IEnumerable<CertificateDraft> certificates) =>
        [.. certificates.Select(certificate => X509CertificateLoader.LoadCertificate(certificate.Encoded))];

    /// <summary>With a time, so that s2n cannot do what it asks.</summary>
    private static X509ChainPolicy Now(params X509Certificate2[] extra)
    {
        X509ChainPolicy policy = Trusting([s_root]);
        policy.ExtraStore.AddRange(extra);
        return policy;
    }

    private static X509ChainPolicy Trusting(X509Certificate2Collection roots, X509VerificationFlags flags = X509VerificationFlags.NoFlag)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationFlags = flags,
            VerificationTime = DateTime.Now,
        };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private static Action<S2nClientOptions> WithCallback() => Callback((_, _, _, errors) => errors == SslPolicyErrors.None);

    private static Action<S2nClientOptions> Callback(RemoteCertificateValidationCallback callback) => options =>
    {
        options.TrustedRoots = [s_root];
        options.RemoteCertificateValidationCallback = callback;
    };

    private static CertificateValidation Validation(S2nContextOptions options) => CertificateValidation.For(VerificationSettings.Of(options))!;

    private static S2nFault? Judge(X509Certificate2Collection sent, Action<S2nClientOptions> configure, string? host = "localhost", object? sender = null)
    {
        var options = new S2nClientOptions();
        configure(options);
        return Validation(options).Judge(sender, sent, host is null ? null : new HostNameMatch(host));
    }
}
