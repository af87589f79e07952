using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Peers;

/// <summary>A client that chooses its certificate when other implementations' servers have asked for one.</summary>
public class CertificateSelectionTests
{
    private const string ClientName = "a client that chose";
    private const string Root = "CN=S2nStream Test Root";

    private static readonly X509Certificate2 s_identity =
        TestAuthority.Default.Issue(hosts: ["client.test"], subject: $"CN={ClientName}", forClients: true);

    /// <summary>The protocol, and what else s_server does: it tears messages into small records, or asks for another ClientHello.</summary>
    public static TheoryData<SslProtocols, string[]> Servers { get; } = new()
    {
        { SslProtocols.Tls12, [] },
        { SslProtocols.Tls13, [] },
        { SslProtocols.Tls12, ["-max_send_frag", "512"] },
        { SslProtocols.Tls13, ["-max_send_frag", "512"] },
        { SslProtocols.Tls13, ["-groups", "secp384r1"] },
        { SslProtocols.Tls13, ["-groups", "secp384r1", "-max_send_frag", "512"] },
        { SslProtocols.Tls13, ["-groups", "secp384r1", "-no_middlebox"] },
        { SslProtocols.Tls13, ["-record_padding", "1000"] },
    };

    [Theory]
    [MemberData(nameof(Servers))]
    [Needs("openssl")]
    public async Task Openssl_s_server_tells_its_issuers_and_verifies_the_certificate(SslProtocols protocol, string[] more)
    {
        var client = new SelectingClient(s_identity);
        await using ProgramPeer peer = await OpenSsl.ServerAsync(
            protocol, client.AuthenticateAsync, more: ["-Verify", "1", "-verify_return_error", .. more]);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal(["- []", $"CN=leaf [{Root}]"], client.Calls);
            Assert.Equal(protocol, peer.Stream.SslProtocol);
            Assert.True(peer.Stream.IsMutuallyAuthenticated);
            Assert.Equal(more.Contains("-groups"), peer.Stream.KeyExchangeGroup == TlsNamedGroup.Secp384R1);
            await peer.Stream.ShutdownWriteAsync();
            await peer.ExpectEndAsync(); // on TLS 1.3 a refusal comes after the handshake
            await peer.Stream.DisposeAsync();
            await peer.ExpectSuccessAsync();
            Assert.Contains(ClientName, peer.Program.Errors, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("openssl")]
    public async Task Openssl_s_server_that_may_do_without_sees_none(SslProtocols protocol)
    {
        var client = new SelectingClient(null);
        await using ProgramPeer peer = await OpenSsl.ServerAsync(protocol, client.AuthenticateAsync, more: ["-verify", "1"]);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal(2, client.Calls.Count);
            Assert.False(peer.Stream.IsMutuallyAuthenticated);
            await peer.Stream.ShutdownWriteAsync();
            await peer.ExpectEndAsync();
        });
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("openssl")]
    public async Task Openssl_s_server_that_does_not_ask_is_not_answered(SslProtocols protocol)
    {
        var client = new SelectingClient(s_identity);
        await using ProgramPeer peer = await OpenSsl.ServerAsync(protocol, client.AuthenticateAsync);
        Assert.Equal(["- []"], client.Calls);
        Assert.False(peer.Stream.IsMutuallyAuthenticated);
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("gnutls-serv")]
    public async Task Gnutls_serv_tells_its_issuers_and_verifies_the_certificate(SslProtocols protocol)
    {
        var client = new SelectingClient(s_identity);
        await using ProgramPeer peer = await GnuTls.ServerAsync(
            protocol, client.AuthenticateAsync, more: ["--echo", "--require-client-cert", "--verify-client-cert"]);
        await peer.ExplainAsync(() => Crossing.CheckEchoAsync(100, peer.Stream));
        Assert.Equal(["- []", $"CN=leaf [{Root}]"], client.Calls);
        Assert.True(peer.Stream.IsMutuallyAuthenticated);
    }

    /// <summary>Chooses when it is asked for the second time.</summary>
    private sealed class SelectingClient(X509Certificate2? certificate)
    {
        public List<string> Calls { get; } = [];

        public Task AuthenticateAsync(S2nStream stream) => stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
            LocalCertificateSelectionCallback = (_, _, _, remote, issuers) =>
            {
                Calls.Add($"{remote?.Subject ?? "-"} [{string.Join('|', issuers)}]");
                return Calls.Count == 1 ? null! : certificate!;
            },
        });
    }
}
