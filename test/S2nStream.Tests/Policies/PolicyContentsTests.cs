using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.Tests.Policies;

/// <summary>What a policy allows can be seen before a connection is made, and is what connections then do.</summary>
public class PolicyContentsTests
{
    [Fact]
    public void The_default_allows_both_versions_and_forward_secrecy_only()
    {
        S2nSecurityPolicy policy = S2nSecurityPolicy.DefaultTls13;
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, policy.Protocols);
        Assert.Equal(TlsCipherSuite.TLS_AES_128_GCM_SHA256, policy.CipherSuites[0]);
        Assert.All(policy.CipherSuites, suite => Assert.Matches("^TLS_(AES|CHACHA20|ECDHE)_", suite.ToString()));
        Assert.Contains(TlsNamedGroup.X25519, policy.KeyExchangeGroups);
    }

    [Fact]
    public void The_post_quantum_policy_prefers_a_hybrid_group() =>
        Assert.Equal(TlsNamedGroup.X25519MLKEM768, S2nSecurityPolicy.DefaultPostQuantum.KeyExchangeGroups[0]);

    [Fact]
    public void What_it_allows_is_told_without_a_connection()
    {
        #region snippet security-policy
        var policy = new S2nSecurityPolicy("20240503"); // an ArgumentException where s2n knows no such name
        Console.WriteLine(policy.Protocols);            // Tls12, Tls13
        Console.WriteLine(policy.CipherSuites[0]);      // TLS_AES_128_GCM_SHA256: the preferred one comes first
        Console.WriteLine(policy.KeyExchangeGroups[0]); // Secp256R1
        Console.WriteLine(policy.SignatureSchemes[0]);  // EcdsaSecp256R1Sha256
        var options = new S2nServerOptions { SecurityPolicy = policy };
        #endregion

        Assert.Same(policy, options.SecurityPolicy);
        Assert.Equal(
            (SslProtocols.Tls12 | SslProtocols.Tls13, TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsNamedGroup.Secp256R1, TlsSignatureScheme.EcdsaSecp256R1Sha256),
            (policy.Protocols, policy.CipherSuites[0], policy.KeyExchangeGroups[0], policy.SignatureSchemes[0]));
        Assert.All(policy.SignatureSchemes, scheme => Assert.Matches("^(Ecdsa|RsaPss|RsaPkcs1)", scheme.ToString()));
    }

    [Fact]
    public void Every_well_known_policy_is_known_to_the_library()
    {
        S2nSecurityPolicy[] known = [.. typeof(S2nSecurityPolicy)
            .GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static)
            .Select(property => (S2nSecurityPolicy)property.GetValue(null)!)];
        Assert.Contains(S2nSecurityPolicy.Cnsa2, known);
        Assert.All(known, policy =>
        {
            Assert.Equal(policy, new S2nSecurityPolicy(policy.Name));
            Assert.NotEmpty(policy.KeyExchangeGroups);
            Assert.NotEmpty(policy.SignatureSchemes);
        });
    }

    [Fact]
    public void The_suites_of_the_NSA_are_what_their_names_say()
    {
        Assert.Equal([TlsNamedGroup.Secp384R1], S2nSecurityPolicy.Cnsa1.KeyExchangeGroups);
        Assert.All(S2nSecurityPolicy.Cnsa1.CipherSuites, suite => Assert.EndsWith("AES_256_GCM_SHA384", suite.ToString(), StringComparison.Ordinal));
        S2nSecurityPolicy cnsa2 = S2nSecurityPolicy.Cnsa2;
        Assert.Equal(SslProtocols.Tls13, cnsa2.Protocols);
        Assert.Equal([TlsNamedGroup.MLKEM1024], cnsa2.KeyExchangeGroups);
        Assert.Equal([TlsSignatureScheme.MLDsa87], cnsa2.SignatureSchemes);
    }

    [Fact]
    public void The_library_that_ships_is_no_FIPS_module() => Assert.False(S2nLibrary.IsFipsMode);

    [Theory]
    [InlineData("20240501", SslProtocols.Tls12)]
    [InlineData("AWS-CRT-SDK-TLSv1.3", SslProtocols.Tls13)]
    [InlineData("ELBSecurityPolicy-TLS-1-1-2017-01", SslProtocols.Tls12 | (SslProtocols)768)]
    [InlineData("ELBSecurityPolicy-2016-08", SslProtocols.Tls12 | (SslProtocols)(768 | 192))]
    public void Versions_below_the_highest_are_known_too(string name, SslProtocols protocols) =>
        Assert.Equal(protocols, new S2nSecurityPolicy(name).Protocols);

    [Theory]
    [InlineData("default_tls13")]
    [InlineData("20240501")]
    [InlineData("AWS-CRT-SDK-TLSv1.2-2025")]
    public async Task A_peer_that_is_allowed_one_suite_connects_exactly_where_the_policy_has_it(string name)
    {
        var policy = new S2nSecurityPolicy(name);
        using S2nContext server = TestContexts.MakeServer(options => options.SecurityPolicy = policy);
        foreach (TlsCipherSuite suite in (TlsCipherSuite[])
            [TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
             TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384])
        {
            Assert.Equal((policy, suite, policy.CipherSuites.Contains(suite)), (policy, suite, await ConnectsAsync(server, suite)));
        }
    }

    private static async Task<bool> ConnectsAsync(S2nContext context, TlsCipherSuite suite)
    {
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using var server = new S2nStream(inner);
        await using var client = new SslStream(peer);
        Task handshake = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
            CipherSuitesPolicy = new CipherSuitesPolicy([suite]),
        });
        try
        {
            await server.AuthenticateAsServerAsync(context).WithDeadline();
        }
        catch (AuthenticationException)
        {
            await peer.DisposeAsync(); // the client would wait for an alert that is blinded
            await Assert.ThrowsAnyAsync<Exception>(() => handshake.WithDeadline());
            return false;
        }

        await handshake.WithDeadline();
        Assert.Equal(suite, server.NegotiatedCipherSuite);
        return true;
    }
}
