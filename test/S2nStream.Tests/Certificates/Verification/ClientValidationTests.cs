using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>Clients' certificates, judged by a server's callback or chain policy.</summary>
public class ClientValidationTests
{
    private static readonly X509Certificate2 s_good = Leaf(CertificateTable.Root, [], [], subject: "CN=alice", usage: ClientAuthentication);
    private static readonly X509Certificate2 s_intermediate = Authority("Clients' Intermediate", Authority("Stranger"));
    private static readonly X509Certificate2 s_untrusted = Leaf(s_intermediate, [], [], subject: "CN=mallory", usage: ClientAuthentication);
    private static readonly X509Certificate2 s_forServers = Leaf(CertificateTable.Root, [], [], subject: "CN=server");

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task A_callback_may_accept_an_untrusted_one(SslProtocols protocol)
    {
        SslPolicyErrors seen = SslPolicyErrors.None;
        byte[][] sent = [];
        using S2nContext server = Server(S2nClientCertificateMode.Required, (_, _, chain, errors) =>
        {
            seen = errors;
            sent = [.. chain!.ChainPolicy.ExtraStore.Select(certificate => certificate.RawData)];
            return true;
        }, protocol);
        using S2nContext client = Client(s_untrusted, protocol);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await pair.Client.WriteAsync("ping"u8.ToArray()).WithDeadline();
        Assert.Equal(4, await pair.Server.ReadAsync(new byte[10]).WithDeadline());
        Assert.Equal(SslPolicyErrors.RemoteCertificateChainErrors, seen);
        Assert.Equal([.. Runtime.IsNet11 ? [] : new[] { s_untrusted.RawData }, s_intermediate.RawData], sent);
        Assert.Equal(s_untrusted.RawData, pair.Server.RemoteCertificate!.GetRawCertData());
        Assert.True(pair.Server.IsMutuallyAuthenticated);
        Assert.True(pair.Client.IsMutuallyAuthenticated);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task A_callback_may_refuse_a_good_one_and_the_client_hears_of_it_at_once(SslProtocols protocol)
    {
        using S2nContext server = Server(S2nClientCertificateMode.Optional, (_, _, _, _) => false, protocol);
        Assert.Equal("S2N_ERR_CERT_REJECTED", await RefusalAsync(server, s_good, protocol));
    }

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task A_callback_is_asked_about_an_optional_one_that_was_not_sent(SslProtocols protocol)
    {
        bool accept = true;
        var seen = new List<(X509Certificate?, X509Chain?, SslPolicyErrors)>();
        using S2nContext server = Server(S2nClientCertificateMode.Optional, (_, certificate, chain, errors) =>
        {
            seen.Add((certificate, chain, errors));
            return accept;
        }, protocol);
        using S2nContext client = Client(null, protocol);
        await using (TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server))
        {
            Assert.Null(pair.Server.RemoteCertificate);
            Assert.False(pair.Server.IsMutuallyAuthenticated);
        }

        accept = false;
        Assert.Equal("S2N_ERR_MISSING_CLIENT_CERT", await RefusalAsync(server, null, protocol));
        Assert.Equal(Enumerable.Repeat<(X509Certificate?, X509Chain?, SslPolicyErrors)>((null, null, SslPolicyErrors.RemoteCertificateNotAvailable), 2), seen);
    }

    [Fact]
    public async Task A_required_one_that_was_not_sent_is_refused_without_asking()
    {
        using S2nContext server = Server(S2nClientCertificateMode.Required, (_, _, _, _) => throw new InvalidOperationException("not to be called"));
        Assert.Equal("S2N_ERR_MISSING_CLIENT_CERT", await RefusalAsync(server, null));
    }

    [Fact]
    public async Task A_server_that_does_not_ask_does_not_call()
    {
        using S2nContext server = Server(S2nClientCertificateMode.None, (_, _, _, _) => throw new InvalidOperationException("not to be called"));
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: TestContexts.Client, server: server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_callback_throws_reaches_the_caller(bool withCertificate)
    {
        var thrown = new InvalidDataException("thrown by the callback");
        using S2nContext server = Server(S2nClientCertificateMode.Optional, (_, _, _, _) => throw thrown);
        using S2nContext client = Client(withCertificate ? s_good : null);
        Assert.Same(thrown, await ErrorAsync(server, client));
    }

    [Fact]
    public async Task A_chain_policy_judges_as_s2n_does()
    {
        foreach ((X509Certificate2? certificate, string? error) in new (X509Certificate2?, string?)[]
        {
            (s_good, null), (null, null), (s_untrusted, "S2N_ERR_CERT_UNTRUSTED"), (s_forServers, "S2N_ERR_CERT_INTENT_INVALID"),
        })
        {
            using S2nContext byS2n = Server(S2nClientCertificateMode.Optional, null);
            using S2nContext byNet = Server(S2nClientCertificateMode.Optional, null, configure: options =>
            {
                options.TrustedRoots = null;
                options.CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    VerificationTime = DateTime.Now,
                };
                options.CertificateChainPolicy.CustomTrustStore.Add(CertificateTable.Root);
            });
            foreach (S2nContext server in new[] { byS2n, byNet })
            {
                if (error is not null)
                {
                    Assert.Equal(error, await RefusalAsync(server, certificate));
                    continue;
                }

                using S2nContext client = Client(certificate);
                await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
                Assert.Equal(certificate?.RawData, pair.Server.RemoteCertificate?.GetRawCertData());
            }
        }
    }

    private static async Task<string> RefusalAsync(S2nContext server, X509Certificate2? certificate, SslProtocols protocol = SslProtocols.Tls13)
    {
        using S2nContext client = Client(certificate, protocol);
        var error = Assert.IsType<AuthenticationException>(await ErrorAsync(server, client));
        return Assert.IsType<S2nException>(error.InnerException).S2nErrorName;
    }

    private static async Task<Exception> ErrorAsync(S2nContext server, S2nContext client)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(serverEnd);
        await using var clientStream = new S2nStream(clientEnd);
        Task clientSide = clientStream.AuthenticateAsClientAsync(client, "localhost");
        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => serverStream.AuthenticateAsServerAsync(server).WithDeadline());

        // On TLS 1.3 the client's handshake is over by then, and it finds the end when it reads.
        if (await Record.ExceptionAsync(() => clientSide.WithDeadline()) is null)
        {
            Assert.Equal(0, await clientStream.ReadAsync(new byte[1]).WithDeadline());
        }

        return error;
    }

    private static S2nContext Server(
        S2nClientCertificateMode mode, RemoteCertificateValidationCallback? callback, SslProtocols protocol = SslProtocols.Tls13, Action<S2nServerOptions>? configure = null) =>
        TestContexts.MakeServer(options =>
        {
            options.ClientCertificateMode = mode;
            options.TrustedRoots = [X509CertificateLoader.LoadCertificate(CertificateTable.Root.RawData)];
            options.RemoteCertificateValidationCallback = callback;
            options.SecurityPolicy = Policy(protocol);
            configure?.Invoke(options);
        });

    private static S2nContext Client(X509Certificate2? certificate, SslProtocols protocol = SslProtocols.Tls13) =>
        TestContexts.MakeClient(options =>
        {
            options.Certificate = certificate is null ? null : S2nCertificate.FromX509(certificate, certificate == s_untrusted ? [s_intermediate] : null);
            options.SecurityPolicy = Policy(protocol);
        });

    private static S2nSecurityPolicy Policy(SslProtocols protocol) =>
        protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
}
