using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>Private keys that cannot be exported sign handshakes where they are.</summary>
public class SigningTests
{
    public static TheoryData<string, SslProtocols> KeysAndProtocols()
    {
        var rows = new TheoryData<string, SslProtocols>();
        foreach (string key in new[] { "RSA", "P-256", "P-384", "P-521" })
        {
            rows.Add(key, SslProtocols.Tls13);
            rows.Add(key, SslProtocols.Tls12);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(KeysAndProtocols))]
    public async Task A_servers_key_signs_for_our_client(string key, SslProtocols protocol)
    {
        var identity = new SigningIdentity(key);
        using S2nContext server = Server(identity.Load(), protocol);
        using S2nContext client = Client(null, protocol);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await ExchangeAsync(pair.Client, pair.Server);
        Assert.Equal(protocol, pair.Client.SslProtocol);
        Assert.Equal(identity.Public.RawData, ((X509Certificate2)pair.Client.RemoteCertificate!).RawData);
        AssertSignedOnce(identity, key, protocol);
    }

    [Theory]
    [MemberData(nameof(KeysAndProtocols))]
    public async Task A_clients_key_signs_for_our_server(string key, SslProtocols protocol)
    {
        var identity = new SigningIdentity(key, forClients: true);
        using S2nContext server = AskingServer(protocol);
        using S2nContext client = Client(identity.Load(), protocol);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await ExchangeAsync(pair.Client, pair.Server);
        Assert.Equal(identity.Public.RawData, ((X509Certificate2)pair.Server.RemoteCertificate!).RawData);
        AssertSignedOnce(identity, key, protocol);
    }

    [Theory]
    [MemberData(nameof(KeysAndProtocols))]
    public async Task A_servers_key_signs_for_SslStream(string key, SslProtocols protocol)
    {
        var identity = new SigningIdentity(key);
        using S2nContext context = Server(identity.Load(), protocol);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var server = new S2nStream(serverEnd);
        await using var client = new SslStream(clientEnd);
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(context),
            client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
                EnabledSslProtocols = protocol,
            })).WithDeadline();
        await ExchangeAsync(client, server);
        AssertSignedOnce(identity, key, protocol);
    }

    [Theory]
    [MemberData(nameof(KeysAndProtocols))]
    public async Task A_clients_key_signs_for_SslStream(string key, SslProtocols protocol)
    {
        var identity = new SigningIdentity(key, forClients: true);
        using S2nContext context = Client(identity.Load(), protocol);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var server = new SslStream(serverEnd);
        await using var client = new S2nStream(clientEnd);
        await Task.WhenAll(
            client.AuthenticateAsClientAsync(context, "localhost"),
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = TestAuthority.Localhost,
                ClientCertificateRequired = true,
                CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
                EnabledSslProtocols = protocol,
            })).WithDeadline();
        await ExchangeAsync(client, server);
        Assert.Equal(identity.Public.RawData, server.RemoteCertificate!.GetRawCertData());
        AssertSignedOnce(identity, key, protocol);
    }

    [Theory]
    [InlineData("20170210", "Pkcs1")]
    [InlineData("20240331", "Pss")]
    public async Task The_policy_decides_between_the_paddings_of_rsa(string policy, string padding)
    {
        var identity = new SigningIdentity("RSA");
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            Use(options, identity.Load(), SslProtocols.Tls12);
            options.SecurityPolicy = new S2nSecurityPolicy(policy);
        });
        await ServedCertificateAsync(server, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
        Assert.Equal(padding, identity.Use.LastPadding!.Mode.ToString());
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_certificate_that_is_restricted_to_pss_serves(SslProtocols protocol)
    {
        using RSA inner = RSA.Create(2048);
        var use = new KeyUse();
        using X509Certificate2 certificate = TestAuthority.Default.IssueRestrictedToPss(inner);
        using S2nContext server = Server(S2nCertificate.FromX509(certificate, new SigningRsa(inner, use)), protocol);
        using S2nContext client = Client(null, protocol);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await ExchangeAsync(pair.Client, pair.Server);
        Assert.Equal((1, RSASignaturePadding.Pss), (use.Count, use.LastPadding));
    }

    [Fact]
    public async Task Both_sides_at_once_and_pem_text()
    {
        var serverIdentity = new SigningIdentity("RSA");
        var clientIdentity = new SigningIdentity("P-384", forClients: true);
        using S2nContext server = AskingServer(SslProtocols.Tls13, S2nCertificate.FromPem(serverIdentity.Public.ExportCertificatePem(), serverIdentity.Key));
        using S2nContext client = Client(S2nCertificate.FromPem(clientIdentity.Public.ExportCertificatePem(), clientIdentity.Key), SslProtocols.Tls13);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await ExchangeAsync(pair.Client, pair.Server);
        Assert.Equal((1, 1), (serverIdentity.Use.Count, clientIdentity.Use.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_context_may_have_keys_inside_s2n_and_outside(bool outsideFirst)
    {
        var outside = new SigningIdentity("RSA");
        using S2nCertificate signing = outside.Load();
        using S2nCertificate inside = S2nCertificate.FromX509(TestAuthority.Localhost);
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.Certificates.Clear();
            options.Certificates.Add(outsideFirst ? signing : inside);
            options.Certificates.Add(outsideFirst ? inside : signing);
        });

        Assert.Equal(TestAuthority.Localhost.RawData, await ServedCertificateAsync(server, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256));
        Assert.Equal(0, outside.Use.Count);
        Assert.Equal(outside.Public.RawData, await ServedCertificateAsync(server, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256));
        Assert.Equal(1, outside.Use.Count);
    }

    [Fact]
    public async Task A_disposed_certificate_signs_as_long_as_a_context_lives()
    {
        var identity = new SigningIdentity();
        S2nCertificate certificate = identity.Load();
        using S2nContext server = S2nContext.CreateServer(new S2nServerOptions { Certificates = { certificate } });
        certificate.Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        await using TlsPair pair = await TlsPair.InMemoryAsync(server: server);
        await ExchangeAsync(pair.Client, pair.Server);
        Assert.Equal(1, identity.Use.Count);

        // It was never ours to dispose.
        server.Dispose();
        Assert.NotEmpty(((ECDsa)identity.Key).SignHash(new byte[32]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Many_handshakes_share_one_key(bool allowConcurrentSigning)
    {
        var identity = new SigningIdentity();
        identity.Use.Before = () => Thread.Sleep(1);
        using S2nCertificate first = identity.Load(allowConcurrentSigning);
        using S2nCertificate second = identity.Load(allowConcurrentSigning);
        using S2nContext firstServer = Server(first, SslProtocols.Tls13);
        using S2nContext secondServer = Server(second, SslProtocols.Tls13);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            await using TlsPair pair = await TlsPair.InMemoryAsync(server: i % 2 == 0 ? firstServer : secondServer);
            await ExchangeAsync(pair.Client, pair.Server);
        })));
        Assert.Equal(200, identity.Use.Count);
        if (!allowConcurrentSigning)
        {
            Assert.False(identity.Use.Overlapped);
        }
    }

    [Fact]
    public async Task A_synchronous_handshake_is_signed_as_well()
    {
        var identity = new SigningIdentity();
        using S2nContext context = Server(identity.Load(), SslProtocols.Tls13);
        (Stream clientEnd, Stream serverEnd) = await TcpPair.ConnectAsync();
        await using var server = new S2nStream(serverEnd);
        await using var client = new S2nStream(clientEnd);
        Task serverSide = Deadline.Run(() => server.AuthenticateAsServer(context));
        await Deadline.Run(() => client.AuthenticateAsClient(TestContexts.Client, "localhost"));
        await serverSide;
        Assert.Equal(1, identity.Use.Count);
    }

    private static async Task<byte[]> ServedCertificateAsync(S2nContext context, TlsCipherSuite suite)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var server = new S2nStream(serverEnd);
        await using var client = new SslStream(clientEnd);
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(context),
            client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
                EnabledSslProtocols = SslProtocols.Tls12,
                CipherSuitesPolicy = new CipherSuitesPolicy([suite]),
            })).WithDeadline();
        return client.RemoteCertificate!.GetRawCertData();
    }

    private static void AssertSignedOnce(SigningIdentity identity, string key, SslProtocols protocol)
    {
        Assert.Equal(1, identity.Use.Count);
        if (key == "RSA")
        {
            // RFC 8446 §4.2.3: only PSS signs TLS 1.3 handshakes.
            Assert.NotNull(identity.Use.LastPadding);
            Assert.True(protocol == SslProtocols.Tls12 || identity.Use.LastPadding == RSASignaturePadding.Pss);
        }
        else if (protocol == SslProtocols.Tls13)
        {
            // There the curve decides the hash.
            Assert.Equal(key switch { "P-256" => 32, "P-384" => 48, _ => 64 }, identity.Use.LastDigestSize);
        }
    }

    private static S2nContext Server(S2nCertificate certificate, SslProtocols protocol) =>
        TestContexts.MakeServer(options => Use(options, certificate, protocol));

    private static S2nContext AskingServer(SslProtocols protocol, S2nCertificate? certificate = null) =>
        TestContexts.MakeServer(options =>
        {
            Use(options, certificate ?? S2nCertificate.FromX509(TestAuthority.Localhost), protocol);
            options.ClientCertificateMode = S2nClientCertificateMode.Required;
            options.TrustedRoots = TestAuthority.Default.Roots;
        });

    private static void Use(S2nServerOptions options, S2nCertificate certificate, SslProtocols protocol)
    {
        options.Certificates.Clear();
        options.Certificates.Add(certificate);
        options.SecurityPolicy = Policy(protocol);
    }

    private static S2nContext Client(S2nCertificate? certificate, SslProtocols protocol) =>
        TestContexts.MakeClient(options =>
        {
            options.Certificate = certificate;
            options.SecurityPolicy = Policy(protocol);
        });

    private static S2nSecurityPolicy Policy(SslProtocols protocol) =>
        protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;

    private static async Task ExchangeAsync(Stream client, Stream server)
    {
        await client.WriteAsync("ping"u8.ToArray()).WithDeadline();
        await server.ReadExactlyAsync(new byte[4]).WithDeadline();
        await server.WriteAsync("pong"u8.ToArray()).WithDeadline();
        await client.ReadExactlyAsync(new byte[4]).WithDeadline();
    }
}
