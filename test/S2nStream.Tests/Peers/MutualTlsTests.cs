using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Peers;

/// <summary>Both sides show a certificate, and both verify the other's.</summary>
public class MutualTlsTests
{
    private const string ClientName = "a client of the tests";

    private static readonly X509Certificate2 s_identity =
        TestAuthority.Default.Issue(hosts: ["client.test"], subject: $"CN={ClientName}", forClients: true);

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    public async Task SslStream_as_client_shows_its_certificate(SslProtocols protocol)
    {
        using S2nContext server = ServerThatRequires(protocol);
        await using SslStreamPeer peer = await SslStreamPeer.ClientAsync(protocol, server, s_identity);
        AssertClientIsKnown(peer.Stream);
        Assert.True(peer.Ssl.IsMutuallyAuthenticated);
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("openssl")]
    public async Task Openssl_s_client_shows_its_certificate(SslProtocols protocol)
    {
        using S2nContext server = ServerThatRequires(protocol);
        await using ProgramPeer peer = await OpenSsl.ClientAsync(protocol, server, s_identity);
        AssertClientIsKnown(peer.Stream);
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("gnutls-cli")]
    public async Task Gnutls_cli_shows_its_certificate(SslProtocols protocol)
    {
        using S2nContext server = ServerThatRequires(protocol);
        await using ProgramPeer peer = await GnuTls.ClientAsync(protocol, server, s_identity);
        AssertClientIsKnown(peer.Stream);
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("openssl")]
    public async Task A_client_without_a_certificate_is_refused(SslProtocols protocol)
    {
        using S2nContext server = ServerThatRequires(protocol);
        var error = await Assert.ThrowsAsync<PeerProgramException>(() => OpenSsl.ClientAsync(protocol, server));
        Assert.IsType<AuthenticationException>(error.InnerException);
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    public async Task SslStream_as_server_sees_the_certificate(SslProtocols protocol)
    {
        using S2nContext client = ClientThatShowsItsCertificate(protocol);
        await using SslStreamPeer peer = await SslStreamPeer.ServerAsync(protocol, client, asksForCertificate: true);
        Assert.Equal(s_identity.RawData, peer.Ssl.RemoteCertificate?.GetRawCertData());
        Assert.True(peer.Ssl.IsMutuallyAuthenticated);
        Assert.True(peer.Stream.IsMutuallyAuthenticated);
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("openssl")]
    public async Task Openssl_s_server_verifies_the_certificate(SslProtocols protocol)
    {
        using S2nContext client = ClientThatShowsItsCertificate(protocol);
        await using ProgramPeer peer = await OpenSsl.ServerAsync(protocol, client, more: ["-Verify", "1", "-verify_return_error"]);
        await peer.ExplainAsync(async () =>
        {
            Assert.True(peer.Stream.IsMutuallyAuthenticated);
            await peer.Stream.ShutdownWriteAsync();
            await peer.ExpectEndAsync(); // on TLS 1.3 a refusal comes after the handshake
            await peer.Stream.DisposeAsync();
            await peer.ExpectSuccessAsync();
            Assert.Contains(ClientName, peer.Program.Errors, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("gnutls-serv")]
    public async Task Gnutls_serv_verifies_the_certificate(SslProtocols protocol)
    {
        using S2nContext client = ClientThatShowsItsCertificate(protocol);
        await using ProgramPeer peer = await GnuTls.ServerAsync(
            protocol, client, more: ["--echo", "--require-client-cert", "--verify-client-cert"]);
        await peer.ExplainAsync(() => Crossing.CheckEchoAsync(100, peer.Stream));
        Assert.True(peer.Stream.IsMutuallyAuthenticated);
    }

    [Fact]
    [Needs("openssl")]
    public async Task On_tls_1_3_a_server_that_refuses_a_client_without_a_certificate_says_so_to_the_first_read()
    {
        await using ProgramPeer peer = await OpenSsl.ServerAsync(SslProtocols.Tls13, more: ["-Verify", "1"]);
        var error = await Assert.ThrowsAsync<S2nException>(() => peer.Stream.ReadAsync(new byte[1]).WithDeadline());
        Assert.Equal(TlsAlert.CertificateRequired, error.Alert);
        Assert.False(peer.Stream.IsMutuallyAuthenticated);
    }

    private static void AssertClientIsKnown(S2nStream server)
    {
        Assert.True(server.IsMutuallyAuthenticated);
        Assert.Equal(s_identity.RawData, server.RemoteCertificate?.GetRawCertData());
    }

    private static S2nContext ServerThatRequires(SslProtocols protocol) => TestContexts.MakeServer(options =>
    {
        options.SecurityPolicy = PolicyFor(protocol);
        options.ClientCertificateMode = S2nClientCertificateMode.Required;
        options.TrustedRoots = TestAuthority.Default.Roots;
    });

    private static S2nContext ClientThatShowsItsCertificate(SslProtocols protocol)
    {
        using S2nCertificate certificate = S2nCertificate.FromX509(s_identity);
        return TestContexts.MakeClient(options =>
        {
            options.SecurityPolicy = PolicyFor(protocol);
            options.Certificate = certificate;
        });
    }

    private static S2nSecurityPolicy PolicyFor(SslProtocols protocol) =>
        protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
}
