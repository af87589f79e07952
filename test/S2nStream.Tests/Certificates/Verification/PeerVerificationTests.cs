using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Verification;
using S2nTls.Reliability.Chains.Making;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>Which options of verification go together, and who judges by them.</summary>
public class PeerVerificationTests
{
    private static readonly X509Certificate2 s_root = Authority("Verifying Root");

    [Fact]
    public void S2n_judges_where_nothing_else_is_asked_for()
    {
        Assert.False(Of(options => options.TrustedRoots = [s_root]).IsLeftToNet);
        Assert.False(Of(_ => { }).IsLeftToNet);
        Assert.False(Of(options => options.RevocationLists = new NoLists()).IsLeftToNet);
        Assert.Null(new PeerVerification(Of(options => options.TrustedRoots = [s_root])).Validation);
    }

    [Fact]
    public void Dotnet_judges_where_a_callback_or_revocation_is()
    {
        VerificationSettings byCallback = Of(options => options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None);
        Assert.True(byCallback.IsLeftToNet);
        Assert.NotNull(new PeerVerification(byCallback).Validation);
        Assert.NotNull(new PeerVerification(Of(options => options.CertificateRevocationCheckMode = X509RevocationMode.Offline)).Validation);
    }

    [Fact]
    public void Each_connection_brings_its_own_judgement_where_it_is_to()
    {
        Assert.True(VerificationSettings.PerConnection.IsLeftToNet);
        Assert.Null(new PeerVerification(VerificationSettings.PerConnection).Validation);
    }

    [Fact]
    public void Lists_of_revoked_certificates_are_for_s2ns_judgement()
    {
        foreach (Action<S2nClientOptions> judged in (Action<S2nClientOptions>[])
        [
            options => options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None,
            options => options.CertificateRevocationCheckMode = X509RevocationMode.Online,
        ])
        {
            string message = MessageOf(options =>
            {
                options.RevocationLists = new NoLists();
                judged(options);
            });
            Assert.Contains("RevocationLists is set, but other options make .NET verify the peer", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_roots_at_all_are_a_mistake() =>
        Assert.Contains("is empty: nothing could be verified", MessageOf(options => options.TrustedRoots = []), StringComparison.Ordinal);

    [Fact]
    public void What_is_no_root_is_named_with_the_reason()
    {
        byte[] changed = s_root.RawData;
        changed[^1] ^= 1;
        CertificateDraft twice = GoodChain.Authority(new ChainKeys(new Random(1)), "Twice", null);
        twice.Others.Add(new Extension(Extension.BasicConstraints, true, [0x30, 0x03, 0x01, 0x01, 0xff]));
        foreach ((byte[] other, string reason) in new[]
        {
            (Authority("Intermediate", s_root).RawData, "'CN=Intermediate' is not a root: it was issued by 'CN=Verifying Root'."),
            (Authority("Verifying Root", s_root).RawData, "'CN=Verifying Root' is not a root: it was not signed with its own key."),
            (changed, "'CN=Verifying Root' is not a root: it was not signed with its own key."),
            (twice.Encoded, "CN=Twice' cannot be decoded, or has a duplicate extension."),
        })
        {
            string message = MessageOf(options => options.TrustedRoots = [s_root, X509CertificateLoader.LoadCertificate(other)]);
            Assert.Contains(reason, message.Replace("O=Chains, ", "", StringComparison.Ordinal).Replace(", O=Chains", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    private static VerificationSettings Of(Action<S2nClientOptions> configure)
    {
        var options = new S2nClientOptions();
        configure(options);
        return VerificationSettings.Of(options);
    }

    private static string MessageOf(Action<S2nClientOptions> configure) => Assert.Throws<ArgumentException>(() => Of(configure)).Message;

    private sealed class NoLists : S2nRevocationListProvider
    {
        public override ValueTask<S2nRevocationList?> FindAsync(X500DistinguishedName issuer, CancellationToken cancellationToken) => default;
    }
}
