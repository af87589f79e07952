using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>Certificates are replaced while connections are made and live.</summary>
public class ReplacementTests
{
    private static readonly X509Certificate2 s_old = TestAuthority.Default.Issue(subject: "CN=old");
    private static readonly X509Certificate2 s_new = TestAuthority.Default.Issue(subject: "CN=new");

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task New_connections_see_the_new_one_and_those_that_live_go_on_with_the_old_one(SslProtocols protocol)
    {
        using S2nContext server = Server(s_old);
        S2nContext client = TestContexts.ClientFor(protocol);
        await using TlsPair before = await TlsPair.InMemoryAsync(client: client, server: server);
        Replace(server, s_new);
        await using TlsPair after = await TlsPair.InMemoryAsync(client: client, server: server);

        await ExchangeAsync(before);
        await ExchangeAsync(after);
        Assert.Equal("CN=old", before.Client.RemoteCertificate!.Subject);
        Assert.Equal("CN=old", before.Server.LocalCertificate!.Subject);
        Assert.Equal("CN=new", after.Client.RemoteCertificate!.Subject);
        Assert.Equal("CN=new", after.Server.LocalCertificate!.Subject);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_handshake_that_has_begun_ends_with_the_old_one(SslProtocols protocol)
    {
        using S2nContext server = Server(s_old);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverSide = new S2nStream(serverEnd);
        await using var clientSide = new S2nStream(clientEnd);
        Task accept = serverSide.AuthenticateAsServerAsync(server); // waits for the client's hello

        Replace(server, s_new);
        GC.Collect();
        GC.WaitForPendingFinalizers();

        await clientSide.AuthenticateAsClientAsync(TestContexts.ClientFor(protocol), "localhost").WithDeadline();
        await accept.WithDeadline();
        Assert.Equal("CN=old", clientSide.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task A_client_shows_another_certificate_or_none_any_more()
    {
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.ClientCertificateMode = S2nClientCertificateMode.Optional;
            options.TrustedRoots = TestAuthority.Default.Roots;
        });
        using S2nCertificate first = S2nCertificate.FromX509(TestAuthority.Default.Issue(subject: "CN=first", forClients: true));
        using S2nContext client = TestContexts.MakeClient(options => options.Certificate = first);
        Assert.Equal("CN=first", await ShownAsync());

        using (S2nCertificate second = S2nCertificate.FromX509(TestAuthority.Default.Issue(subject: "CN=second", forClients: true)))
        {
            client.ReplaceCertificates(second);
        }

        Assert.Equal("CN=second", await ShownAsync());
        client.ReplaceCertificates();
        Assert.Null(await ShownAsync());

        async Task<string?> ShownAsync()
        {
            await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
            await ExchangeAsync(pair);
            Assert.Equal(pair.Client.LocalCertificate?.Subject, pair.Server.RemoteCertificate?.Subject);
            return pair.Server.RemoteCertificate?.Subject;
        }
    }

    [Fact]
    public async Task What_is_refused_changes_nothing()
    {
        using S2nContext server = Server(s_old);
        using S2nCertificate good = S2nCertificate.FromX509(s_new);
        S2nCertificate disposed = S2nCertificate.FromX509(s_new);
        disposed.Dispose();
        Assert.Throws<ArgumentException>(() => server.ReplaceCertificates());
        Assert.Throws<ArgumentException>(() => server.ReplaceCertificates(good, null!));
        Assert.Throws<ArgumentNullException>(() => server.ReplaceCertificates(null!));
        Assert.Throws<ObjectDisposedException>(() => server.ReplaceCertificates(good, disposed));

        await using TlsPair pair = await TlsPair.InMemoryAsync(server: server);
        Assert.Equal("CN=old", pair.Client.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task What_the_security_policy_refuses_changes_nothing()
    {
        using X509Certificate2 strong = CertificateMaker.Leaf(null, key: ECDsa.Create(ECCurve.NamedCurves.nistP384));
        using S2nContext server = TestContexts.MakeServer(options => options.SecurityPolicy = new S2nSecurityPolicy("20250429"), strong);
        using S2nContext client = TestContexts.MakeClient(options => options.TrustedRoots = [strong]);
        using S2nCertificate other = S2nCertificate.FromX509(CertificateMaker.Leaf(null, key: ECDsa.Create(ECCurve.NamedCurves.nistP384)));
        using S2nCertificate weak = S2nCertificate.FromX509(s_new);

        S2nException error = Assert.Throws<S2nException>(() => server.ReplaceCertificates(other, weak));
        Assert.Equal("S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT", error.S2nErrorName);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal(strong.RawData, pair.Client.RemoteCertificate!.GetRawCertData());
    }

    [Fact]
    public void A_client_has_no_two_certificates()
    {
        using S2nContext client = TestContexts.MakeClient();
        using S2nCertificate one = S2nCertificate.FromX509(s_old);
        Assert.Throws<ArgumentException>(() => client.ReplaceCertificates(one, one));
    }

    [Fact]
    public void A_disposed_context_takes_none()
    {
        S2nContext server = Server(s_old);
        server.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Replace(server, s_new));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_session_is_resumed_across_a_replacement(SslProtocols protocol)
    {
        using S2nContext server = TestContexts.MakeServer(options => options.AllowTlsResume = true, s_old);
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.AllowTlsResume = true;
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : options.SecurityPolicy;
        });
        await using (TlsPair first = await TlsPair.InMemoryAsync(client: client, server: server))
        {
            await ExchangeAsync(first); // with it the ticket comes
        }

        Replace(server, s_new);
        await using TlsPair second = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.True(second.Client.IsSessionResumed);
        Assert.True(second.Server.IsSessionResumed);
        Assert.Equal("CN=old", second.Client.RemoteCertificate!.Subject); // what it has verified
    }

    private static S2nContext Server(X509Certificate2 certificate) => TestContexts.MakeServer(certificate: certificate);

    private static void Replace(S2nContext server, X509Certificate2 certificate)
    {
        using S2nCertificate replacement = S2nCertificate.FromX509(certificate);
        server.ReplaceCertificates(replacement);
    }

    private static async Task ExchangeAsync(TlsPair pair)
    {
        byte[] buffer = new byte[4];
        await pair.Client.WriteAsync("ping"u8.ToArray()).WithDeadline();
        await pair.Server.ReadExactlyAsync(buffer).WithDeadline();
        await pair.Server.WriteAsync("pong"u8.ToArray()).WithDeadline();
        await pair.Client.ReadExactlyAsync(buffer).WithDeadline();
    }
}
