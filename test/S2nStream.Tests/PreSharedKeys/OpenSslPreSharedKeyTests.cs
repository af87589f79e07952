using System.Security.Authentication;
using S2nTls.Tests.Peers;

namespace S2nTls.Tests.PreSharedKeys;

/// <summary>Pre-shared keys with OpenSSL and GnuTLS at the other end. Both use SHA-256.</summary>
public class OpenSslPreSharedKeyTests
{
    private static readonly string s_hex = Convert.ToHexStringLower(PreSharedKeyPair.Secret);

    [Theory]
    [InlineData]
    [InlineData("-groups", "X448:P-256")] // a HelloRetryRequest
    [Needs("openssl")]
    public async Task Openssl_s_client_connects_to_a_server_without_certificates(params string[] more)
    {
        using S2nPreSharedKey key = PreSharedKeyPair.Key("Client_identity");
        using S2nContext server = PreSharedKeyPair.MakeServer(key);
        await using ProgramPeer peer = await OpenSsl.ClientAsync(SslProtocols.Tls13, server, more: ["-psk", s_hex, "-psk_identity", "Client_identity", .. more]);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal("Client_identity", PreSharedKeyPair.Identity(peer.Stream));
            Assert.Equal(more.Length > 0, peer.Stream.HandshakeTypes.HasFlag(S2nHandshakeTypes.HelloRetryRequest));
            await Crossing.CheckAsync(100_000, peer.Stream, () => peer.Stream.ShutdownWriteAsync(), peer.Output);
        });
    }

    [Theory]
    [InlineData]
    [InlineData("-groups", "P-521")] // a HelloRetryRequest
    [Needs("openssl")]
    public async Task Openssl_s_server_without_a_certificate_takes_the_key(params string[] more)
    {
        using S2nPreSharedKey key = PreSharedKeyPair.Key("device 17"), unknown = PreSharedKeyPair.Key("device 18");
        using S2nContext client = PreSharedKeyPair.MakeClient(unknown, key);
        await using ProgramPeer peer = await OpenSsl.ServerAsync(
            SslProtocols.Tls13, client, more: ["-nocert", "-psk", s_hex, "-psk_identity", "device 17", .. more]);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal("device 17", PreSharedKeyPair.Identity(peer.Stream));
            Assert.Equal(more.Length > 0, peer.Stream.HandshakeTypes.HasFlag(S2nHandshakeTypes.HelloRetryRequest));
            Assert.Null(peer.Stream.RemoteCertificate);
            await Crossing.CheckAsync(100_000, peer.Input, peer.EndInputAsync, peer.Stream);
        });
    }

    [Fact]
    [Needs("openssl")]
    public async Task Openssl_s_client_with_another_secret_is_refused()
    {
        using S2nPreSharedKey key = PreSharedKeyPair.Key("device");
        using S2nContext server = PreSharedKeyPair.MakeServer(key);
        var error = await Assert.ThrowsAsync<PeerProgramException>(
            () => OpenSsl.ClientAsync(SslProtocols.Tls13, server, more: ["-psk", new string('a', 64), "-psk_identity", "device"]));
        Assert.IsType<S2nException>(Assert.IsType<AuthenticationException>(error.InnerException).InnerException);
    }

    [Fact]
    [Needs("openssl")]
    public async Task Openssl_s_server_with_another_secret_is_refused()
    {
        using S2nPreSharedKey key = PreSharedKeyPair.Key("device");
        using S2nContext client = PreSharedKeyPair.MakeClient(key);
        var error = await Assert.ThrowsAsync<PeerProgramException>(
            () => OpenSsl.ServerAsync(SslProtocols.Tls13, client, more: ["-nocert", "-psk", new string('a', 64), "-psk_identity", "device"]));
        Assert.NotNull(Assert.IsType<AuthenticationException>(error.InnerException).InnerException);
    }

    [Fact]
    [Needs("openssl")]
    public async Task Openssl_s_server_that_shows_a_certificate_is_refused()
    {
        using S2nPreSharedKey key = PreSharedKeyPair.Key("device");
        using S2nContext client = PreSharedKeyPair.MakeClient(options => options.TrustedRoots = TestAuthority.Default.Roots, key);
        var error = await Assert.ThrowsAsync<PeerProgramException>(() => OpenSsl.ServerAsync(SslProtocols.Tls13, client));
        Assert.Contains("used none of the pre-shared keys", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Needs("gnutls-cli")]
    public async Task Gnutls_cli_connects_to_a_server_without_certificates()
    {
        using S2nPreSharedKey key = PreSharedKeyPair.Key("device");
        using S2nContext server = PreSharedKeyPair.MakeServer(key);
        await using ProgramPeer peer = await GnuTls.ClientAsync(
            SslProtocols.Tls13, server,
            more: ["--pskusername", "device", "--pskkey", s_hex, "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK:+DHE-PSK"]);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal("device", PreSharedKeyPair.Identity(peer.Stream));
            await Crossing.CheckAsync(10_000, peer.Stream, () => peer.Stream.ShutdownWriteAsync(), peer.Output);
        });
    }
}
