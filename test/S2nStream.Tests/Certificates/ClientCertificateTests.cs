using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

public class ClientCertificateTests
{
    private static readonly X509Certificate2 s_good = TestAuthority.Default.Issue(subject: "CN=alice", forClients: true);
    private static readonly X509Certificate2 s_untrusted = new TestAuthority("Stranger").Issue(subject: "CN=mallory", forClients: true);

    [Theory]
    [InlineData(S2nClientCertificateMode.Required, SslProtocols.Tls13)]
    [InlineData(S2nClientCertificateMode.Optional, SslProtocols.Tls13)]
    [InlineData(S2nClientCertificateMode.Required, SslProtocols.Tls12)]
    public async Task A_trusted_client_certificate_is_accepted_and_shown(S2nClientCertificateMode mode, SslProtocols protocol)
    {
        using S2nContext server = Server(mode, protocol);
        using S2nContext client = Client(s_good, protocol);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await PingAsync(pair);
        Assert.Equal(s_good.RawData, ((X509Certificate2)pair.Server.RemoteCertificate!).RawData);
        Assert.True(pair.Server.IsMutuallyAuthenticated);
        Assert.True(pair.Client.IsMutuallyAuthenticated);
    }

    [Fact]
    public async Task Where_it_is_optional_a_client_may_have_none()
    {
        using S2nContext server = Server(S2nClientCertificateMode.Optional);
        await using TlsPair pair = await TlsPair.InMemoryAsync(server: server);
        await PingAsync(pair);
        Assert.Null(pair.Server.RemoteCertificate);
        Assert.False(pair.Server.IsMutuallyAuthenticated);
        Assert.False(pair.Client.IsMutuallyAuthenticated);
    }

    [Theory]
    [InlineData(S2nClientCertificateMode.Required)]
    [InlineData(S2nClientCertificateMode.Optional)]
    public async Task An_untrusted_one_is_refused(S2nClientCertificateMode mode) =>
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", (await ServerErrorAsync(mode, s_untrusted)).S2nErrorName);

    [Fact]
    public async Task Where_it_is_required_a_client_without_one_is_refused() =>
        Assert.Equal("S2N_ERR_MISSING_CLIENT_CERT", (await ServerErrorAsync(S2nClientCertificateMode.Required, null)).S2nErrorName);

    private static async Task<S2nException> ServerErrorAsync(S2nClientCertificateMode mode, X509Certificate2? certificate)
    {
        using S2nContext server = Server(mode);
        using S2nContext client = Client(certificate);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(serverEnd);
        await using var clientStream = new S2nStream(clientEnd);
        Task clientSide = clientStream.AuthenticateAsClientAsync(client, "localhost");
        var error = await Assert.ThrowsAsync<AuthenticationException>(
            () => serverStream.AuthenticateAsServerAsync(server).WithDeadline());

        // On TLS 1.3 the client's handshake is over by then. When it reads it finds the end: s2n tells a peer
        // close_notify, and not why.
        await clientSide.WithDeadline();
        Assert.Equal(0, await clientStream.ReadAsync(new byte[1]).WithDeadline());
        return Assert.IsType<S2nException>(error.InnerException);
    }

    private static S2nContext Server(S2nClientCertificateMode mode, SslProtocols protocol = SslProtocols.Tls13) =>
        TestContexts.MakeServer(options =>
        {
            options.ClientCertificateMode = mode;
            options.TrustedRoots = TestAuthority.Default.Roots;
            options.SecurityPolicy = Policy(protocol);
        });

    private static S2nContext Client(X509Certificate2? certificate, SslProtocols protocol = SslProtocols.Tls13) =>
        TestContexts.MakeClient(options =>
        {
            options.Certificate = certificate is null ? null : S2nCertificate.FromX509(certificate);
            options.SecurityPolicy = Policy(protocol);
        });

    private static S2nSecurityPolicy Policy(SslProtocols protocol) =>
        protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;

    private static async Task PingAsync(TlsPair pair)
    {
        await pair.Client.WriteAsync("ping"u8.ToArray()).WithDeadline();
        Assert.Equal(4, await pair.Server.ReadAsync(new byte[10]).WithDeadline());
    }
}
