using System.Security.Authentication;

namespace S2nTls.Tests.Streams;

public class ConnectionDetailsTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task The_wire_bytes_of_the_two_ends_are_the_same_and_count_the_handshake(SslProtocols protocol)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(protocol);
        Assert.InRange(pair.Client.WireBytesSent, 200, 5000);
        long before = pair.Client.WireBytesSent;
        await pair.Client.WriteAsync(new byte[1000]);
        await pair.Server.ReadExactlyAsync(new byte[1000]).AsTask().WithDeadline();
        Assert.InRange(pair.Client.WireBytesSent - before, 1000 + 5, 1000 + 100);
        Assert.Equal(pair.Client.WireBytesSent, pair.Server.WireBytesReceived);
    }

    [Fact]
    public async Task The_handshake_type_tells_a_full_handshake_from_a_resumed_one()
    {
        using S2nContext client = TestContexts.MakeClient(options => options.AllowTlsResume = true);
        using S2nContext server = TestContexts.MakeServer(options => options.AllowTlsResume = true);
        Assert.Equal(S2nHandshakeTypes.Negotiated | S2nHandshakeTypes.FullHandshake | S2nHandshakeTypes.MiddleboxCompatibility, await TypesAsync());
        Assert.Equal(S2nHandshakeTypes.Negotiated | S2nHandshakeTypes.MiddleboxCompatibility, await TypesAsync());

        async Task<S2nHandshakeTypes> TypesAsync()
        {
            await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
            await pair.Server.WriteAsync(new byte[1]);
            await pair.Client.ReadExactlyAsync(new byte[1]).AsTask().WithDeadline(); // with the ticket before it
            return pair.Client.HandshakeTypes;
        }
    }

    [Fact]
    public async Task A_failed_handshake_tells_at_which_message()
    {
        using S2nContext stranger = TestContexts.MakeClient(options => options.TrustedRoots = new TestAuthority().Roots);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var tls = new S2nStream(clientEnd);
        await using var server = new S2nStream(serverEnd);
        _ = server.AuthenticateAsServerAsync(TestContexts.Server);
        string said = "";

        #region snippet failed-handshake
        try
        {
            await tls.AuthenticateAsClientAsync(stranger, "localhost").WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (AuthenticationException e) when (e.InnerException is S2nException cause)
        {
            said = $"{cause.S2nErrorName} at {cause.LastHandshakeMessage}"; // S2N_ERR_CERT_UNTRUSTED at SERVER_CERT
        }
        #endregion

        Assert.Equal("S2N_ERR_CERT_UNTRUSTED at SERVER_CERT", said);
    }

    [Fact]
    public async Task They_are_asked_of_an_authenticated_stream_only()
    {
        await using var stream = new S2nStream(DuplexPipe.CreateStreams().Item1);
        Assert.Throws<InvalidOperationException>(() => stream.WireBytesSent);
        Assert.Throws<InvalidOperationException>(() => stream.WireBytesReceived);
        Assert.Throws<InvalidOperationException>(() => stream.HandshakeTypes);
    }
}
