using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.Tests.Peers;

/// <summary>What this library says was agreed on is what the peer says.</summary>
public class PeersNegotiationTests
{
    private const string Offer = "h2,http/1.1";

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("openssl")]
    public async Task Openssl_s_client_tells_of_the_same_application_protocol(SslProtocols protocol)
    {
        using S2nContext server = TestContexts.MakeServer(options => options.ApplicationProtocols.Add(SslApplicationProtocol.Http11));
        await using ProgramPeer peer = await OpenSsl.ClientAsync(protocol, server, tells: true, more: ["-alpn", Offer]);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal(SslApplicationProtocol.Http11, peer.Stream.NegotiatedApplicationProtocol);
            await peer.Stream.DisposeAsync();
            Assert.Contains("ALPN protocol: http/1.1\n", await peer.ReadReportAsync(), StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("openssl")]
    public async Task Openssl_s_server_tells_of_the_same_application_protocol(SslProtocols protocol)
    {
        using S2nContext client = TestContexts.MakeClient(options => options.ApplicationProtocols.Add(SslApplicationProtocol.Http11));
        await using ProgramPeer peer = await OpenSsl.ServerAsync(protocol, client, tells: true, more: ["-alpn", Offer]);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal(SslApplicationProtocol.Http11, peer.Stream.NegotiatedApplicationProtocol);
            await peer.EndBothAsync();
            Assert.Contains("ALPN protocols selected: http/1.1\n", await peer.ReadReportAsync(), StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("curl")]
    public async Task Curl_tells_of_the_same_application_protocol(SslProtocols protocol)
    {
        using S2nContext server = TestContexts.MakeServer(options => options.ApplicationProtocols.Add(SslApplicationProtocol.Http11));
        await using ProgramPeer peer = await Curl.ClientAsync(protocol, server);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal(SslApplicationProtocol.Http11, peer.Stream.NegotiatedApplicationProtocol);
            await peer.Stream.DisposeAsync();
            await peer.Program.ExitCodeAsync();
            Assert.Matches("ALPN.* server accepted .*http/1.1", peer.Program.Errors);
        });
    }

    // On TLS 1.2 the groups of a client also bind the certificate's curve (RFC 8422 §5.1): secp256r1 here.
    [Theory]
    [InlineData(SslProtocols.Tls12, "prime256v1", TlsNamedGroup.Secp256R1)]
    [InlineData(SslProtocols.Tls13, "X25519", TlsNamedGroup.X25519)]
    [InlineData(SslProtocols.Tls13, "prime256v1", TlsNamedGroup.Secp256R1)]
    [InlineData(SslProtocols.Tls13, "secp384r1", TlsNamedGroup.Secp384R1)]
    [Needs("openssl")]
    public async Task The_key_exchange_group_is_the_one_that_openssl_s_client_tells_of(SslProtocols protocol, string openSslName, TlsNamedGroup group)
    {
        await using ProgramPeer peer = await OpenSsl.ClientAsync(protocol, tells: true, more: ["-groups", openSslName]);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal(group, peer.Stream.KeyExchangeGroup);
            await peer.Stream.DisposeAsync();
            Assert.Matches($"Temp Key: .*{openSslName}", await peer.ReadReportAsync());
        });
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, "secp256r1")]
    [InlineData(SslProtocols.Tls12, "secp384r1")]
    [InlineData(SslProtocols.Tls13, "x25519")]
    [InlineData(SslProtocols.Tls13, "secp256r1")]
    [InlineData(SslProtocols.Tls13, "secp384r1")]
    [Needs("openssl")]
    public async Task The_key_exchange_group_is_the_one_that_openssl_s_server_tells_of(SslProtocols protocol, string name)
    {
        // s_server does not say which of the shared groups was used: so there is but one.
        await using ProgramPeer peer = await OpenSsl.ServerAsync(protocol, tells: true, more: ["-groups", name]);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal(name, peer.Stream.KeyExchangeGroup.ToString(), ignoreCase: true);
            await peer.EndBothAsync();
            Assert.Contains($"Shared groups: {name}\n", await peer.ReadReportAsync(), StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("TLS_AES_128_GCM_SHA256")]
    [InlineData("TLS_AES_256_GCM_SHA384")]
    [Needs("openssl")]
    public async Task The_cipher_suite_is_the_one_that_openssl_s_client_tells_of(string suite)
    {
        await using ProgramPeer peer = await OpenSsl.ClientAsync(SslProtocols.Tls13, tells: true, more: ["-ciphersuites", suite]);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal(suite, peer.Stream.NegotiatedCipherSuite.ToString());
            await peer.Stream.DisposeAsync();
            Assert.Contains($"Cipher is {suite}\n", await peer.ReadReportAsync(), StringComparison.Ordinal);
        });
    }
}
