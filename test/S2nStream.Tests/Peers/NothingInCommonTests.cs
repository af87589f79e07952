using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.Tests.Peers;

/// <summary>Clients and servers whose settings have nothing in common: what each is told, and when.</summary>
public class NothingInCommonTests
{
    [Theory]
    [InlineData("20240331", SslProtocols.Tls13, "The client offers Tls13, and this server's security policy '20240331' allows Tls12: there is no protocol version in common")]
    [InlineData("20250414", SslProtocols.Tls12, "The client offers Tls12, and this server's security policy '20250414' allows Tls13: there is no protocol version in common")]
    public async Task A_client_with_no_version_in_common_is_told_so_at_once(string policy, SslProtocols protocol, string expected)
    {
        using S2nContext context = TestContexts.MakeServer(options => (options.SecurityPolicy, options.MaxBlindingDelay) = (new S2nSecurityPolicy(policy), TimeSpan.FromMinutes(10)));
        (Stream clientEnd, Stream serverEnd) = await TcpPair.ConnectAsync();
        await using var client = new SslStream(clientEnd);
        await using var server = new S2nStream(serverEnd);
        Task accepting = server.AuthenticateAsServerAsync(context);

        // The server is not disposed: the alert alone must end the client's handshake.
        AuthenticationException seen = await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocol }).WithDeadline());
        Assert.Contains("alert protocol version", seen.ToString(), StringComparison.Ordinal);
        AuthenticationException error = await Assert.ThrowsAsync<AuthenticationException>(() => accepting.WithDeadline());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        await server.ErrorAnswered.WithDeadline();
    }

    [Theory]
    [InlineData("20250414", "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256")]
    [InlineData("default_tls13", "-tls1_2", "-cipher", "AES128-SHA")]
    [InlineData("default_tls13", "-tls1_3", "-groups", "X448")]
    [InlineData("default_tls13", "-tls1_2", "-groups", "X448")]
    [Needs("openssl")]
    public async Task Openssl_without_a_suite_or_a_group_in_common_is_told_by_handshake_failure_at_once(string policy, params string[] more)
    {
        using S2nContext context = TestContexts.MakeServer(options => (options.SecurityPolicy, options.MaxBlindingDelay) = (new S2nSecurityPolicy(policy), TimeSpan.FromMinutes(10)));
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        await using PeerProgram client = PeerProgram.Start(
            "openssl", ["s_client", "-connect", listener.LocalEndpoint.ToString()!, "-servername", "localhost", .. more], new TempDirectory());
        using System.Net.Sockets.TcpClient accepted = await client.UnlessItExitsAsync(listener.AcceptTcpClientAsync());
        await using var server = new S2nStream(accepted.GetStream());
        await Assert.ThrowsAsync<AuthenticationException>(() => server.AuthenticateAsServerAsync(context).WithDeadline());
        await client.ExitCodeAsync();
        Assert.Contains("alert handshake failure", client.Errors, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Where_a_list_of_suites_has_cost_a_version_the_exception_says_so(bool asServer)
    {
        var suites = new CipherSuitesPolicy(
        [
            TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_RSA_WITH_AES_256_GCM_SHA384,
        ]);
        (Stream ownEnd, Stream peerEnd) = await TcpPair.ConnectAsync();
        await using var own = new S2nStream(ownEnd);
        await using var peer = new SslStream(peerEnd);
        var server = new SslServerAuthenticationOptions { ServerCertificate = TestAuthority.Localhost, EnabledSslProtocols = SslProtocols.Tls12 };
        var client = new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = SslProtocols.Tls12 };
        Task theirs;
        Task ours;
        if (asServer)
        {
            server.CipherSuitesPolicy = suites;
            server.EnabledSslProtocols = SslProtocols.None;
            (ours, theirs) = (own.AuthenticateAsServerAsync(server), peer.AuthenticateAsClientAsync(client));
        }
        else
        {
            client.CipherSuitesPolicy = suites;
            client.EnabledSslProtocols = SslProtocols.None;
            (ours, theirs) = (own.AuthenticateAsClientAsync(client), peer.AuthenticateAsServerAsync(server));
        }

        AuthenticationException error = await Assert.ThrowsAsync<AuthenticationException>(() => ours.WithDeadline());
        Assert.Contains("CipherSuitesPolicy and EnabledSslProtocols were translated into s2n's security policy 'AWS-CRT-SDK-TLSv1.3-2023', which allows Tls13 only", error.Message, StringComparison.Ordinal);
        Assert.Contains("The nearest policy with Tls12 is", error.Message, StringComparison.Ordinal);
        await Record.ExceptionAsync(() => theirs.WithDeadline());
    }

    [Theory]
    [InlineData(false, "PartialChain or UntrustedRoot")]
    [InlineData(true, "RemoteCertificateNameMismatch")]
    public async Task A_refusal_without_a_callback_has_the_words_that_SslStream_has(bool otherName, string words)
    {
        (Stream ownEnd, Stream peerEnd) = await TcpPair.ConnectAsync();
        await using var own = new S2nStream(ownEnd);
        await using var peer = new SslStream(peerEnd);
        Task serving = Record.ExceptionAsync(() => peer.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = TestAuthority.Localhost }));
        AuthenticationException error = await Assert.ThrowsAsync<AuthenticationException>(() => own.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = otherName ? "elsewhere.test" : "localhost",
            CertificateChainPolicy = otherName ? TestAuthority.Default.ChainPolicy : new TestAuthority("CN=Another").ChainPolicy,
        }).WithDeadline());
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        await own.DisposeAsync();
        await serving.WithDeadline();
    }
}
