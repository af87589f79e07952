using System.Security.Authentication;
using Org.BouncyCastle.Tls;

namespace S2nTls.Tests.Peers;

/// <summary>Which group the keys are agreed on in: a post-quantum one where both sides have it, and another where they have not.</summary>
public class PostQuantumGroupTests
{
    [Fact]
    public async Task Both_ends_tell_the_hybrid_group()
    {
        using S2nCertificate certificate = S2nCertificate.FromX509(TestAuthority.Localhost);
        var roots = TestAuthority.Default.Roots;
        (Stream inner, Stream peer) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(inner);
        await using var server = new S2nStream(peer);

        #region snippet post-quantum
        using S2nContext serverContext = S2nContext.CreateServer(new S2nServerOptions
        {
            SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum,
            Certificates = { certificate },
        });
        using S2nContext clientContext = S2nContext.CreateClient(new S2nClientOptions
        {
            SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum,
            TrustedRoots = roots,
        });
        #endregion

        await Task.WhenAll(client.AuthenticateAsClientAsync(clientContext, "localhost"), server.AuthenticateAsServerAsync(serverContext)).WithDeadline();
        Assert.Equal((TlsNamedGroup.X25519MLKEM768, TlsNamedGroup.X25519MLKEM768), (client.KeyExchangeGroup!.Value, server.KeyExchangeGroup!.Value));
    }

    [Theory]
    [InlineData("default_pq", NamedGroup.X25519MLKEM768, TlsNamedGroup.X25519MLKEM768)]
    [InlineData("default_pq", NamedGroup.SecP256r1MLKEM768, TlsNamedGroup.SecP256R1MLKEM768)]
    [InlineData("default_pq", NamedGroup.SecP384r1MLKEM1024, TlsNamedGroup.SecP384R1MLKEM1024)]
    [InlineData("20260513", NamedGroup.MLKEM1024, TlsNamedGroup.MLKEM1024)]
    [InlineData("default_pq", NamedGroup.x25519, TlsNamedGroup.X25519)]
    [InlineData("default_pq", NamedGroup.secp256r1, TlsNamedGroup.Secp256R1)]
    public async Task Bouncy_Castle_agrees_on_the_group_that_it_offers(string policy, int group, TlsNamedGroup expected)
    {
        await using S2nStream stream = await ServeAsync(policy, [group], [group]);
        Assert.Equal(expected, stream.KeyExchangeGroup);
        Assert.False(stream.HandshakeTypes.HasFlag(S2nHandshakeTypes.HelloRetryRequest));
    }

    [Fact]
    public async Task A_client_that_could_but_has_sent_another_share_is_asked_again()
    {
        await using S2nStream stream = await ServeAsync("default_pq", [NamedGroup.X25519MLKEM768, NamedGroup.secp256r1], [NamedGroup.secp256r1]);
        Assert.Equal(TlsNamedGroup.X25519MLKEM768, stream.KeyExchangeGroup);
        Assert.True(stream.HandshakeTypes.HasFlag(S2nHandshakeTypes.HelloRetryRequest));
    }

    [Fact]
    [Needs("openssl")]
    public async Task A_client_without_any_falls_back()
    {
        await using ProgramPeer peer = await OpenSsl.ClientAsync(SslProtocols.Tls13, Context("default_pq"));
        Assert.Contains(peer.Stream.KeyExchangeGroup, (TlsNamedGroup?[])[TlsNamedGroup.X25519, TlsNamedGroup.Secp256R1]);
    }

    [Fact]
    [Needs("openssl")]
    public async Task At_a_server_without_any_this_client_falls_back_even_where_it_has_to_be_asked_again()
    {
        using S2nContext client = TestContexts.MakeClient(options => options.SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum);
        await using ProgramPeer peer = await OpenSsl.ServerAsync(SslProtocols.Tls13, client, more: ["-groups", "P-384"]);
        Assert.Equal(TlsNamedGroup.Secp384R1, peer.Stream.KeyExchangeGroup);
        Assert.True(peer.Stream.HandshakeTypes.HasFlag(S2nHandshakeTypes.HelloRetryRequest));
    }

    [Fact]
    public async Task On_TLS_1_2_there_is_none()
    {
        using S2nContext server = Context("default_pq");
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: TestContexts.Client12, server: server);
        Assert.Equal(TlsNamedGroup.Secp256R1, pair.Client.KeyExchangeGroup);
    }

    internal static async Task AnswerAsync(S2nStream stream)
    {
        byte[] question = new byte[4];
        await stream.ReadExactlyAsync(question).AsTask().WithDeadline();
        Assert.Equal("ping"u8.ToArray(), question);
        await stream.WriteAsync("pong"u8.ToArray()).WithDeadline();
    }

    /// <summary>Serves Bouncy Castle.</summary>
    /// <returns>The stream after the conversation, still open.</returns>
    private static async Task<S2nStream> ServeAsync(string policy, int[] groups, int[] shares)
    {
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        var stream = new S2nStream(inner);
        Task talk = new BouncyCastleClient(TestAuthority.Localhost.RawData, groups) { EarlyShares = shares }.TalkAsync(peer);
        using S2nContext server = Context(policy);
        await stream.AuthenticateAsServerAsync(server).WithDeadline();
        await AnswerAsync(stream);
        await talk;
        return stream;
    }

    private static S2nContext Context(string policy) => TestContexts.MakeServer(options => options.SecurityPolicy = new S2nSecurityPolicy(policy));
}
