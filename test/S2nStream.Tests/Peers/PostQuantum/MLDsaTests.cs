using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Tls;

namespace S2nTls.Tests.Peers;

/// <summary>Certificates that are signed, and sign handshakes, with ML-DSA (FIPS 204).</summary>
public class MLDsaTests
{
    public static TheoryData<string> Schemes { get; } = ["mldsa44", "mldsa65", "mldsa87"];

    [Theory, MemberData(nameof(Schemes))]
    public async Task Both_ends_agree_on_the_certificates_scheme(string scheme)
    {
        (X509Certificate2Collection roots, MLDsaCertificate made) = MLDsaCertificate.Create(ParametersOf(scheme));
        (string certificatePem, string keyPem) = (made.CertificatePem, made.KeyPem);

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
        Assert.Equal(SchemeOf(scheme), pair.Client.SignatureScheme);
        Assert.Equal(SchemeOf(scheme), pair.Server.SignatureScheme);
        Assert.Equal(TlsNamedGroup.X25519MLKEM768, pair.Client.KeyExchangeGroup);
        Assert.Equal(made.Der, pair.Client.RemoteCertificate!.GetRawCertData());
    }

    [Theory, MemberData(nameof(Schemes))]
    public async Task Bouncy_Castle_verifies_the_servers_signature(string scheme)
    {
        (_, MLDsaCertificate made) = MLDsaCertificate.Create(ParametersOf(scheme));
        using S2nContext server = Server(made, S2nSecurityPolicy.DefaultPostQuantum);
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using var stream = new S2nStream(inner);
        Task talk = new BouncyCastleClient(made.Der, [NamedGroup.X25519MLKEM768])
        {
            SignatureSchemes = [scheme switch { "mldsa44" => SignatureScheme.mldsa44, "mldsa65" => SignatureScheme.mldsa65, _ => SignatureScheme.mldsa87 }],
        }.TalkAsync(peer);
        await stream.AuthenticateAsServerAsync(server).WithDeadline();
        Assert.Equal(SchemeOf(scheme), stream.SignatureScheme);
        await PostQuantumGroupTests.AnswerAsync(stream);
        await talk;
    }

    [Fact]
    public async Task A_root_that_did_not_sign_it_does_not_do()
    {
        (_, MLDsaCertificate made) = MLDsaCertificate.Create(MLDsaParameters.ml_dsa_44);
        (X509Certificate2Collection others, _) = MLDsaCertificate.Create(MLDsaParameters.ml_dsa_44); // of the same name
        using S2nContext server = Server(made, S2nSecurityPolicy.DefaultPostQuantum), client = Client(others, S2nSecurityPolicy.DefaultPostQuantum);
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await RefusalAsync(client, server));
    }

    [Fact]
    public async Task The_second_suite_of_the_NSA_is_post_quantum_throughout()
    {
        (X509Certificate2Collection roots, MLDsaCertificate made) = MLDsaCertificate.Create(MLDsaParameters.ml_dsa_87);
        using S2nContext server = Server(made, S2nSecurityPolicy.Cnsa2), client = Client(roots, S2nSecurityPolicy.Cnsa2);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal((TlsNamedGroup.MLKEM1024, TlsSignatureScheme.MLDsa87), (pair.Client.KeyExchangeGroup!.Value, pair.Client.SignatureScheme!.Value));
        Assert.Throws<S2nException>(() => Server(MLDsaCertificate.Create(MLDsaParameters.ml_dsa_44).Leaf, S2nSecurityPolicy.Cnsa2));
    }

    [Fact]
    public async Task A_client_whose_policy_has_no_such_scheme_refuses_and_is_served_by_a_certificate_of_another_kind_beside_it()
    {
        (X509Certificate2Collection roots, MLDsaCertificate made) = MLDsaCertificate.Create(MLDsaParameters.ml_dsa_44);
        roots.AddRange(TestAuthority.Default.Roots);
        Assert.DoesNotContain(TlsSignatureScheme.MLDsa44, S2nSecurityPolicy.DefaultTls13.SignatureSchemes);
        using S2nContext old = Client(roots, S2nSecurityPolicy.DefaultTls13), recent = Client(roots, S2nSecurityPolicy.DefaultPostQuantum);
        using S2nContext alone = Server(made, S2nSecurityPolicy.DefaultPostQuantum);
        Assert.Equal("S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT", await RefusalAsync(old, alone));

        using S2nCertificate usual = S2nCertificate.FromX509(TestAuthority.Localhost);
        using S2nContext both = Server(made, S2nSecurityPolicy.DefaultPostQuantum, usual);
        await using TlsPair forOld = await TlsPair.InMemoryAsync(client: old, server: both);
        Assert.Equal(TlsSignatureScheme.EcdsaSecp256R1Sha256, forOld.Client.SignatureScheme);
        await using TlsPair forRecent = await TlsPair.InMemoryAsync(client: recent, server: both);
        Assert.Equal(TlsSignatureScheme.MLDsa44, forRecent.Client.SignatureScheme);
    }

    [Fact]
    public async Task Where_NET_judges_it_is_refused_unless_OpenSSL_has_the_algorithm()
    {
        (X509Certificate2Collection roots, MLDsaCertificate made) = MLDsaCertificate.Create(MLDsaParameters.ml_dsa_65);
        using S2nContext server = Server(made, S2nSecurityPolicy.DefaultPostQuantum);
        using S2nContext client = Client(roots, S2nSecurityPolicy.DefaultPostQuantum, (_, _, _, errors) => errors == SslPolicyErrors.None);
        if (MLDsa.IsSupported)
        {
            await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
            Assert.Equal(TlsSignatureScheme.MLDsa65, pair.Client.SignatureScheme);
        }
        else
        {
            Assert.Equal("S2N_ERR_CERT_INVALID", await RefusalAsync(client, server));
        }
    }

    private static async Task<string> RefusalAsync(S2nContext clientContext, S2nContext serverContext)
    {
        (Stream inner, Stream peer) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(inner);
        await using var server = new S2nStream(peer);
        Task serving = server.AuthenticateAsServerAsync(serverContext);
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsClientAsync(clientContext, "localhost").WithDeadline());
        await client.DisposeAsync();
        await server.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => serving.WithDeadline());
        return Assert.IsType<S2nException>(error.InnerException).S2nErrorName;
    }

    private static S2nContext Client(X509Certificate2Collection roots, S2nSecurityPolicy policy, RemoteCertificateValidationCallback? judge = null) =>
        TestContexts.MakeClient(options =>
        {
            options.SecurityPolicy = policy;
            options.TrustedRoots = roots;
            options.RemoteCertificateValidationCallback = judge;
        });

    private static S2nContext Server(MLDsaCertificate made, S2nSecurityPolicy policy, params S2nCertificate[] beside)
    {
        using S2nCertificate certificate = S2nCertificate.FromPem(made.CertificatePem, made.KeyPem);
        var options = new S2nServerOptions { SecurityPolicy = policy, Certificates = { certificate }, MaxBlindingDelay = TimeSpan.FromSeconds(1) };
        Array.ForEach(beside, options.Certificates.Add);
        return S2nContext.CreateServer(options);
    }

    private static TlsSignatureScheme SchemeOf(string scheme) => scheme switch
    {
        "mldsa44" => TlsSignatureScheme.MLDsa44,
        "mldsa65" => TlsSignatureScheme.MLDsa65,
        _ => TlsSignatureScheme.MLDsa87,
    };

    private static MLDsaParameters ParametersOf(string scheme) => scheme switch
    {
        "mldsa44" => MLDsaParameters.ml_dsa_44,
        "mldsa65" => MLDsaParameters.ml_dsa_65,
        _ => MLDsaParameters.ml_dsa_87,
    };
}
