using System.Net.Security;
using System.Security.Authentication;
using S2nTls.Translation;

namespace S2nTls.Tests.Policies;

/// <summary>SslStream's protocols and lists of suites, as one of s2n's policies.</summary>
public class SecurityPolicySelectionTests
{
    private const SslProtocols Old = (SslProtocols)(192 | 768); // TLS 1.0 and 1.1, whose names are obsolete

    [Theory]
    [InlineData(SslProtocols.None, "default_tls13")]
    [InlineData(SslProtocols.Tls12 | SslProtocols.Tls13, "default_tls13")]
    [InlineData(SslProtocols.Tls12 | SslProtocols.Tls13 | Old, "default_tls13")]
    [InlineData(SslProtocols.Tls13, "AWS-CRT-SDK-TLSv1.3-2023")]
    [InlineData(SslProtocols.Tls12, "20240501")]
    [InlineData(SslProtocols.Tls12 | Old, "20240501")]
    public void Protocols_alone(SslProtocols protocols, string policy) =>
        Assert.Equal(policy, SecurityPolicySelection.For(protocols, null).Policy.Name);

    [Theory]
    [InlineData("GCM", "AWS-CRT-SDK-TLSv1.2-2025")]
    [InlineData("GCM|CHACHA20", "CloudFront-TLS-1-2-2021-no-sha1-no-pq")]
    [InlineData("AES_256_GCM", "20251013")]
    [InlineData("AES|CHACHA20", "default_tls13")]
    public void Suites_by_their_kind(string pattern, string policy)
    {
        var suites = new CipherSuitesPolicy(Enum.GetValues<TlsCipherSuite>().Where(suite =>
            System.Text.RegularExpressions.Regex.IsMatch(suite.ToString(), pattern)));
        Assert.Equal(policy, SecurityPolicySelection.For(SslProtocols.None, suites).Policy.Name);
        Assert.Same(SecurityPolicySelection.For(SslProtocols.None, suites), SecurityPolicySelection.For(SslProtocols.None, suites));
    }

    [Fact]
    public void What_no_policy_can_do_is_refused_by_the_options_name()
    {
        var one = new CipherSuitesPolicy([TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256]);
        Assert.Contains("CipherSuitesPolicy", Refused(SslProtocols.None, one), StringComparison.Ordinal);
        Assert.Contains("AWS-CRT-SDK-TLSv1.3-2023", Refused(SslProtocols.Tls13, one), StringComparison.Ordinal);
        Assert.Contains("EnabledSslProtocols", Refused(Old, null), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_ever_allowed_that_was_not_asked_for()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        TlsCipherSuite[] all = [.. SecurityPolicySelection.Candidates.SelectMany(policy => policy.CipherSuites).Distinct()];
        int answered = 0;
        for (int i = 0; i < 500; i++)
        {
            TlsCipherSuite[] suites = [.. all.Where(_ => random.NextDouble() < 0.9)];
            SslProtocols protocols = random.Next(3) switch { 0 => SslProtocols.Tls12, 1 => SslProtocols.Tls13, _ => SslProtocols.Tls12 | SslProtocols.Tls13 };
            try
            {
                S2nSecurityPolicy policy = SecurityPolicySelection.For(protocols, new CipherSuitesPolicy(suites)).Policy;
                Assert.True((policy.Protocols & ~protocols) == 0 && policy.CipherSuites.All(suites.Contains), $"seed {seed}, round {i}: {policy}");
                answered++;
            }
            catch (NotSupportedException)
            {
                // no policy fits
            }
        }

        Assert.True(answered > 0, $"seed {seed}: no list was ever answered");
    }

    private static string Refused(SslProtocols protocols, CipherSuitesPolicy? suites) =>
        Assert.Throws<NotSupportedException>(() => SecurityPolicySelection.For(protocols, suites)).Message;
}
