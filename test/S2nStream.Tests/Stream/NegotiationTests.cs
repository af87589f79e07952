using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.Tests.Streams;

public class NegotiationTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Both_sides_tell_the_same_of_what_was_negotiated(SslProtocols protocol)
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync(protocol);
        foreach (S2nStream side in new[] { pair.Client, pair.Server })
        {
            Assert.True(side.IsAuthenticated);
            Assert.True(side.IsEncrypted);
            Assert.True(side.IsSigned);
            Assert.Equal(protocol, side.SslProtocol);
            Assert.Equal(
                protocol == SslProtocols.Tls12 ? TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 : TlsCipherSuite.TLS_AES_128_GCM_SHA256,
                side.NegotiatedCipherSuite);
            Assert.Equal(TlsNamedGroup.Secp256R1, side.KeyExchangeGroup);
            Assert.False(side.IsSessionResumed);
            Assert.Equal(default, side.NegotiatedApplicationProtocol);
        }
    }

    [Fact]
    public async Task A_post_quantum_policy_agrees_on_a_hybrid_group()
    {
        using S2nContext client = TestContexts.MakeClient(options => options.SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum);
        using S2nContext server = TestContexts.MakeServer(options => options.SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal(TlsNamedGroup.X25519MLKEM768, pair.Client.KeyExchangeGroup);
        Assert.Equal(TlsNamedGroup.X25519MLKEM768, pair.Server.KeyExchangeGroup);
    }

    [Fact]
    public async Task The_servers_preference_decides_between_application_protocols()
    {
        using S2nContext client = TestContexts.MakeClient(options => AddProtocols(options, SslApplicationProtocol.Http11, SslApplicationProtocol.Http2));
        using S2nContext server = TestContexts.MakeServer(options => AddProtocols(options, SslApplicationProtocol.Http2, SslApplicationProtocol.Http11));
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal(SslApplicationProtocol.Http2, pair.Client.NegotiatedApplicationProtocol);
        Assert.Equal(SslApplicationProtocol.Http2, pair.Server.NegotiatedApplicationProtocol);
    }

    [Fact]
    public async Task Application_protocols_with_nothing_in_common_are_refused()
    {
        using S2nContext client = TestContexts.MakeClient(options => AddProtocols(options, new SslApplicationProtocol("smtp")));
        using S2nContext server = TestContexts.MakeServer(options => AddProtocols(options, SslApplicationProtocol.Http2));
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(serverEnd);
        await using var clientStream = new S2nStream(clientEnd);
        Task clientSide = clientStream.AuthenticateAsClientAsync(client, "localhost");
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => serverStream.AuthenticateAsServerAsync(server).WithDeadline());
        Assert.Equal("S2N_ERR_NO_APPLICATION_PROTOCOL", ((S2nException)error.InnerException!).S2nErrorName);

        // The client hears of it at once, and why.
        error = await Assert.ThrowsAsync<AuthenticationException>(() => clientSide.WithDeadline());
        Assert.Equal(TlsAlert.NoApplicationProtocol, ((S2nException)error.InnerException!).Alert);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_offers_application_protocols_of_its_own_and_leaves_those_of_the_context_to_others(bool synchronously)
    {
        using S2nContext client = TestContexts.MakeClient(options => AddProtocols(options, new SslApplicationProtocol("smtp")));
        using S2nContext server = TestContexts.MakeServer(options => AddProtocols(options, SslApplicationProtocol.Http2, new SslApplicationProtocol("smtp")));
        Assert.Equal(SslApplicationProtocol.Http2, await AgreeAsync([SslApplicationProtocol.Http11, SslApplicationProtocol.Http2]));
        Assert.Equal(new SslApplicationProtocol("smtp"), await AgreeAsync([]));

        async Task<SslApplicationProtocol> AgreeAsync(SslApplicationProtocol[] offered)
        {
            (Stream clientEnd, Stream serverEnd) = await TcpPair.ConnectAsync();
            await using var serverStream = new S2nStream(serverEnd);
            await using var clientStream = new S2nStream(clientEnd);
            Task serverSide = serverStream.AuthenticateAsServerAsync(server);
            await (synchronously
                ? Deadline.Run(() => clientStream.AuthenticateAsClient(client, new S2nClientConnectionOptions { TargetHost = "localhost", ApplicationProtocols = offered }))
                : clientStream.AuthenticateAsClientAsync(client, new S2nClientConnectionOptions { TargetHost = "localhost", ApplicationProtocols = offered }).WithDeadline());
            await serverSide.WithDeadline();
            Assert.Equal(serverStream.NegotiatedApplicationProtocol, clientStream.NegotiatedApplicationProtocol);
            return clientStream.NegotiatedApplicationProtocol;
        }
    }

    [Fact]
    public async Task A_connection_refuses_application_protocols_without_a_name_or_with_a_zero_byte_in_it()
    {
        await using var stream = new S2nStream(DuplexPipe.CreateStreams().Item1);
        await Assert.ThrowsAsync<ArgumentException>(() => stream.AuthenticateAsClientAsync(TestContexts.Client, new S2nClientConnectionOptions { TargetHost = "localhost", ApplicationProtocols = [default] }));
        await Assert.ThrowsAsync<NotSupportedException>(() => stream.AuthenticateAsClientAsync(TestContexts.Client, new S2nClientConnectionOptions { TargetHost = "localhost", ApplicationProtocols = [new("h\02")] }));
    }

    [Fact]
    public async Task A_client_without_application_protocols_is_served_without()
    {
        using S2nContext server = TestContexts.MakeServer(options => AddProtocols(options, SslApplicationProtocol.Http2));
        await using TlsPair pair = await TlsPair.InMemoryAsync(server: server);
        Assert.Equal(default, pair.Server.NegotiatedApplicationProtocol);
    }

    [Fact]
    public async Task Policies_with_no_version_in_common_are_refused_on_both_sides()
    {
        using S2nContext server = TestContexts.MakeServer(options => options.SecurityPolicy = new S2nSecurityPolicy("AWS-CRT-SDK-TLSv1.3"));
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(serverEnd);
        await using var clientStream = new S2nStream(clientEnd);
        Task clientSide = clientStream.AuthenticateAsClientAsync(TestContexts.Client12, "localhost");
        await Assert.ThrowsAsync<AuthenticationException>(() => serverStream.AuthenticateAsServerAsync(server).WithDeadline());
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => clientSide.WithDeadline());
        Assert.Equal(TlsAlert.ProtocolVersion, ((S2nException)error.InnerException!).Alert);
    }

    [Fact]
    public void An_unknown_policy_is_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() => new S2nSecurityPolicy("no such policy"));
        Assert.Contains("no such policy", error.Message, StringComparison.Ordinal);
        Assert.Equal("S2N_ERR_INVALID_SECURITY_POLICY", Assert.IsType<S2nException>(error.InnerException).S2nErrorName);
    }

    [Fact]
    public async Task Synchronous_handshakes_work_over_tcp_and_over_pipes()
    {
        (Stream client, Stream server) = await TcpPair.ConnectAsync();
        await HandshakeSynchronouslyAsync(new S2nStream(client), new S2nStream(server));
        (DuplexPipe clientPipe, DuplexPipe serverPipe) = DuplexPipe.Create();
        await HandshakeSynchronouslyAsync(new S2nStream(clientPipe), new S2nStream(serverPipe));
    }

    private static async Task HandshakeSynchronouslyAsync(S2nStream client, S2nStream server)
    {
        Task serverSide = Deadline.Run(() => server.AuthenticateAsServer(TestContexts.Server));
        await Deadline.Run(() => client.AuthenticateAsClient(TestContexts.Client, "localhost"));
        await serverSide;
        Task write = Deadline.Run(() => client.Write("sync"u8.ToArray()));
        Assert.Equal(4, await server.ReadAsync(new byte[10]).WithDeadline());
        await write;
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    private static void AddProtocols(S2nContextOptions options, params SslApplicationProtocol[] protocols)
    {
        foreach (SslApplicationProtocol protocol in protocols)
        {
            options.ApplicationProtocols.Add(protocol);
        }
    }
}
