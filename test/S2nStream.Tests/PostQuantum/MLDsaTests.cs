using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Tls;

namespace S2nTls.Tests.PostQuantum;

/// <summary>Certificates that are signed, and sign handshakes, with ML-DSA (FIPS 204).</summary>
public class MLDsaTests
{
    public static TheoryData<string> Schemes { get; } = ["mldsa44", "mldsa65", "mldsa87"];

    [Theory, MemberData(nameof(Schemes))]
    public async Task Both_ends_agree_on_the_certificates_scheme(string scheme)
    {
        MLDsaCertificate made = MLDsaCertificate.Create(ParametersOf(scheme));
        (string certificatePem, string keyPem) = (made.CertificatePem, made.KeyPem);
        var roots = new X509Certificate2Collection(X509CertificateLoader.LoadCertificate(made.Der));

        #region snippet mldsa-certificate
        using S2nCertificate certificate = S2nCertificate.FromPem(certificatePem, keyPem);
        using S2nContext server = S2nContext.CreateServer(new S2nServerOptions
        {
            SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum,
            Certificates = { certificate },
        });
        using S2nContext client = S2nContext.CreateClient(new S2nClientOptions
        {
            SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum,
            TrustedRoots = roots,
        });
        #endregion

        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal(scheme, pair.Client.SignatureScheme);
        Assert.Equal(scheme, pair.Server.SignatureScheme);
        Assert.Equal("X25519MLKEM768", pair.Client.KeyExchangeGroup);
        Assert.Equal(made.Der, pair.Client.RemoteCertificate!.GetRawCertData());
    }

    [Theory, MemberData(nameof(Schemes))]
    public async Task Bouncy_Castle_verifies_the_servers_signature(string scheme)
    {
        MLDsaCertificate made = MLDsaCertificate.Create(ParametersOf(scheme));
        using S2nContext server = Server(made, S2nSecurityPolicy.DefaultPostQuantum);
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using var stream = new S2nStream(inner);
        Task talk = new BouncyCastleClient(made.Der, [NamedGroup.X25519MLKEM768])
        {
            SignatureSchemes = [scheme switch { "mldsa44" => SignatureScheme.mldsa44, "mldsa65" => SignatureScheme.mldsa65, _ => SignatureScheme.mldsa87 }],
        }.TalkAsync(peer);
        await stream.AuthenticateAsServerAsync(server).WithDeadline();
        Assert.Equal(scheme, stream.SignatureScheme);
        await PostQuantumGroupTests.AnswerAsync(stream);
        await talk;
    }

    [Fact]
    public async Task Only_the_second_security_suite_of_the_NSA_is_post_quantum_throughout()
    {
        MLDsaCertificate made = MLDsaCertificate.Create(MLDsaParameters.ml_dsa_87);
        using S2nContext server = Server(made, S2nSecurityPolicy.Cnsa2);
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.SecurityPolicy = S2nSecurityPolicy.Cnsa2;
            options.TrustedRoots = [X509CertificateLoader.LoadCertificate(made.Der)];
        });
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal(("MLKEM1024", "mldsa87"), (pair.Client.KeyExchangeGroup, pair.Client.SignatureScheme));
        Assert.Throws<S2nException>(() => Server(MLDsaCertificate.Create(MLDsaParameters.ml_dsa_44), S2nSecurityPolicy.Cnsa2));
    }

    [Fact]
    public async Task A_client_whose_policy_has_no_such_scheme_is_refused()
    {
        MLDsaCertificate made = MLDsaCertificate.Create(MLDsaParameters.ml_dsa_44);
        using S2nContext server = Server(made, S2nSecurityPolicy.DefaultPostQuantum);
        Assert.DoesNotContain("mldsa44", S2nSecurityPolicy.DefaultTls13.SignatureSchemes);
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using var stream = new S2nStream(inner);
        await using var client = new S2nStream(peer);
        Task refused = client.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => stream.AuthenticateAsServerAsync(server).WithDeadline());
        Assert.Equal("S2N_ERR_NO_VALID_SIGNATURE_SCHEME", Assert.IsType<S2nException>(error.InnerException).Error);
        await stream.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => refused.WithDeadline());
    }

    private static S2nContext Server(MLDsaCertificate made, S2nSecurityPolicy policy)
    {
        using S2nCertificate certificate = S2nCertificate.FromPem(made.CertificatePem, made.KeyPem);
        return S2nContext.CreateServer(new S2nServerOptions { SecurityPolicy = policy, Certificates = { certificate }, MaxBlindingDelay = TimeSpan.FromSeconds(1) });
    }

    private static MLDsaParameters ParametersOf(string scheme) => scheme switch
    {
        "mldsa44" => MLDsaParameters.ml_dsa_44,
        "mldsa65" => MLDsaParameters.ml_dsa_65,
        _ => MLDsaParameters.ml_dsa_87,
    };
}
