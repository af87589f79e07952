using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.Tests.ClientHello;

/// <summary>A server that selects its context when it has read the client's hello.</summary>
public class ContextSelectionTests
{
    public static TheoryData<SslProtocols> Protocols { get; } = [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory, MemberData(nameof(Protocols))]
    public async Task The_hello_is_byte_for_byte_what_the_client_has_sent(SslProtocols protocol)
    {
        S2nClientHello? seen = null;
        FirstWrite? sent = null;
        (S2nStream client, S2nStream server) = await Selecting.ConnectAsync(
            TestContexts.ClientFor(protocol),
            (_, hello, _) =>
            {
                seen = hello;
                return new(TestContexts.Server);
            },
            wrapClient: inner => sent = new FirstWrite(inner));
        await using (client)
        await using (server)
        {
            Assert.Equal(sent!.Bytes[5..], seen!.RawMessage.ToArray());
            Assert.Equal(protocol, server.SslProtocol);
            Assert.Equal("localhost", server.TargetHostName);
        }

        // And it stays what it is.
        Assert.Equal("localhost", seen.ServerName);
        Assert.StartsWith(protocol == SslProtocols.Tls13 ? "t13d" : "t12d", seen.Ja4, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_what_the_client_asks_for_and_offers()
    {
        using S2nContext clientContext = TestContexts.MakeClient(options =>
        {
            options.SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum;
            options.ApplicationProtocols.Add(SslApplicationProtocol.Http2);
            options.ApplicationProtocols.Add(SslApplicationProtocol.Http11);
        });
        S2nClientHello? seen = null;
        (S2nStream client, S2nStream server) = await Selecting.ConnectAsync(clientContext, (_, hello, _) =>
        {
            seen = hello;
            return new(TestContexts.Server);
        });
        await using (client)
        await using (server)
        {
            Assert.Equal([SslApplicationProtocol.Http2, SslApplicationProtocol.Http11], seen!.ApplicationProtocols.AsEnumerable());
            Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, seen.SslProtocols);
            Assert.Contains(server.NegotiatedCipherSuite, seen.CipherSuites);
            Assert.Contains(TlsNamedGroup.X25519MLKEM768, seen.SupportedGroups);
            Assert.Contains(TlsSignatureScheme.EcdsaSecp256R1Sha256, seen.SignatureAlgorithms);
        }
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_selection()
    {
        CountingWrites? counted = null;
        int before = -1;
        (S2nStream client, S2nStream server) = await Selecting.ConnectAsync(
            TestContexts.Client,
            async (_, _, _) =>
            {
                await Task.Delay(50, CancellationToken.None);
                before = counted!.Count;
                return TestContexts.Server;
            },
            wrapServer: inner => counted = new CountingWrites(inner));
        await client.DisposeAsync();
        await server.DisposeAsync();
        Assert.Equal(0, before);
        Assert.NotEqual(0, counted!.Count);
    }

    [Fact]
    public async Task The_callback_gets_the_stream_and_a_token()
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(clientEnd);
        await using var server = new S2nStream(serverEnd);
        using var source = new CancellationTokenSource();
        (bool, bool, bool, string, bool)? seen = null;
        Task clientSide = client.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        await server.AuthenticateAsServerAsync(
            (stream, _, token) =>
            {
                seen = (ReferenceEquals(stream, server), stream.IsServer, stream.IsAuthenticated, stream.TargetHostName, token.CanBeCanceled);
                return new(TestContexts.Server);
            },
            source.Token).WithDeadline();
        await clientSide.WithDeadline();
        Assert.Equal((true, true, false, "localhost", true), seen);
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_synchronous_caller_selects_synchronously(SslProtocols protocol)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(clientEnd);
        await using var server = new S2nStream(serverEnd);
        string? asked = null;
        await Task.WhenAll(
            Deadline.Run(() => client.AuthenticateAsClient(TestContexts.ClientFor(protocol), "localhost")),
            Deadline.Run(() => server.AuthenticateAsServer((_, hello) =>
            {
                asked = hello.ServerName;
                return TestContexts.ServerFor(protocol);
            })));
        Assert.Equal("localhost", asked);
        Assert.Equal(protocol, server.SslProtocol);
    }

    [Fact]
    public async Task Cancelling_ends_the_selection_and_the_handshake()
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(clientEnd);
        await using var server = new S2nStream(serverEnd);
        using var source = new CancellationTokenSource();
        Task clientSide = client.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        Task serverSide = server.AuthenticateAsServerAsync(
            async (_, _, token) =>
            {
                await source.CancelAsync();
                await Task.Delay(Timeout.Infinite, token);
                return TestContexts.Server;
            },
            source.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serverSide.WithDeadline());
        await server.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => clientSide.WithDeadline());
    }

    [Fact]
    public async Task The_stream_may_be_disposed_meanwhile()
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(clientEnd);
        await using var server = new S2nStream(serverEnd);
        Task clientSide = client.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        Task serverSide = server.AuthenticateAsServerAsync(async (stream, _, _) =>
        {
            await stream.DisposeAsync();
            return TestContexts.Server;
        });
        await Assert.ThrowsAsync<ObjectDisposedException>(() => serverSide.WithDeadline());
        await Assert.ThrowsAnyAsync<IOException>(() => clientSide.WithDeadline());
    }

    [Fact]
    public async Task A_second_attempt_does_not_ask()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Server.AuthenticateAsServerAsync((_, _, _) => throw new InvalidTimeZoneException()).WithDeadline());
    }

    [Fact]
    public async Task No_callback_is_an_ArgumentNullException()
    {
        (_, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var server = new S2nStream(serverEnd);
        await Assert.ThrowsAsync<ArgumentNullException>(() => server.AuthenticateAsServerAsync((S2nClientHelloCallback)null!));
        Assert.Throws<ArgumentNullException>(() => server.AuthenticateAsServer((Func<S2nStream, S2nClientHello, S2nContext?>)null!));
    }

    private sealed class FirstWrite(Stream inner) : WrappedStream(inner)
    {
        public byte[] Bytes { get; private set; } = [];

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Bytes = Bytes.Length > 0 ? Bytes : buffer.ToArray();
            return base.WriteAsync(buffer, cancellationToken);
        }
    }

    private sealed class CountingWrites(Stream inner) : WrappedStream(inner)
    {
        public int Count { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
