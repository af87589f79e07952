using System.Security.Authentication;
using S2nTls.Engine;
using S2nTls.Engine.Handshake;
using S2nTls.Tests.Engine;

namespace S2nTls.Tests.ClientHello;

/// <summary>Hellos as no client should send them, or as few do, at a server that wants to see them.</summary>
public class HostileHelloTests
{
    /// <summary>s2n's limit for a handshake message, without its header.</summary>
    private const int MaxBody = 64 * 1024;

    private static readonly byte[] s_hello = HelloBytes.Make([0x1301, 0x1302], [(0, HelloBytes.ServerName("a.test")), (43, HelloBytes.Versions(0x0304))]);

    public static TheoryData<string, byte[], string> Refused => new()
    {
        { "a version 2 hello of SSL 3.0's time", [0x80, 0x2e, 1, 3, 1, 0, 0x15, 0, 0, 0, 0x10, .. new byte[0x25]], "S2N_ERR_BAD_MESSAGE" },
        { "two extensions of a type that s2n knows", HelloBytes.Records(HelloBytes.Make([0x1301], [(0, []), (10, HelloBytes.List(23)), (10, HelloBytes.List(29))])), "S2N_ERR_DUPLICATE_EXTENSION" },
        { "a message that is larger than s2n's limit", HelloBytes.Records(Huge(MaxBody + 1)), "S2N_ERR_BAD_MESSAGE" },
        { "no cipher suites", HelloBytes.Records(HelloBytes.Make([], [])), "S2N_ERR_BAD_MESSAGE" },
        { "extensions that end too early", HelloBytes.Records(HelloBytes.Message([3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0, 0, 9, 0, 0, 0, 9])), "S2N_ERR_BAD_MESSAGE" },
        { "a message that ends in the session id", HelloBytes.Records(HelloBytes.Message([3, 3, .. new byte[32], 32, 1])), "S2N_ERR_BAD_MESSAGE" },
        { "another message", HelloBytes.Records([2, 0, 0, 1, 0]), "S2N_ERR_BAD_MESSAGE" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task It_is_refused_and_nobody_is_asked(string what, byte[] sent, string error)
    {
        (Stream peer, Stream own) = DuplexPipe.CreateStreams(pauseAt: 0);
        await using var server = new S2nStream(own);
        bool isAsked = false;
        Task handshake = server.AuthenticateAsServerAsync((_, _, _) =>
        {
            isAsked = true;
            return new(TestContexts.Server);
        });
        await peer.WriteAsync(sent);
        var thrown = await Assert.ThrowsAsync<AuthenticationException>(() => handshake.WithDeadline());
        Assert.Equal((what, error, false), (what, Assert.IsType<S2nException>(thrown.InnerException).S2nErrorName, isAsked));
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_is_told_from_one_that_errs()
    {
        (Stream peer, Stream own) = DuplexPipe.CreateStreams(pauseAt: 0);
        await using var server = new S2nStream(own);
        Task handshake = server.AuthenticateAsServerAsync((_, _, _) => new(TestContexts.Server));
        await peer.WriteAsync(HelloBytes.Records(s_hello).AsMemory(0, 40));
        await peer.DisposeAsync();
        Assert.Equal(S2nErrorType.Closed, (await Assert.ThrowsAsync<S2nException>(() => handshake.WithDeadline())).ErrorType);
    }

    public static TheoryData<string, byte[]> Taken => new()
    {
        { "as large as s2n takes it", Huge(MaxBody) },
        { "two extensions of a type that s2n does not know", HelloBytes.Make([0x1301], [(0xfe0d, [1]), (0xfe0d, [2])]) },
        { "GREASE wherever it fits", HelloBytes.Make([0x0a0a, 0x1301], [(0x1a1a, [0]), (10, HelloBytes.List(0x2a2a, 29)), (13, HelloBytes.List(0x3a3a)), (16, HelloBytes.Protocols("\x4a\x4a")), (43, HelloBytes.Versions(0x5a5a, 0x0304))]) },
        { "no extensions", HelloBytes.Make([0x002f], version: 0x0301) },
        { "bytes after the extensions", HelloBytes.Make([0x1301], [], after: [1, 2, 3]) },
        { "one byte where the extensions' length should be", HelloBytes.Make([0x1301], after: [1]) },
        { "a malformed server name", HelloBytes.Make([0x1301], [(0, [0, 200, 0])]) },
    };

    [Theory, MemberData(nameof(Taken))]
    public void It_is_shown_as_it_came(string what, byte[] message)
    {
        foreach (int size in (int[])[16 * 1024, 1000, 50])
        {
            EnginePair.Side server = HelloSide.Create();
            using TlsConnection connection = server.Connection;
            HandshakeStatus status = HandshakeStatus.NeedsCiphertext;
            foreach (byte[] piece in HelloBytes.Records(message, size).Chunk(8 * 1024))
            {
                server.Feed(piece);
                status = server.Handshake.Advance();
            }

            Assert.Equal((what, HandshakeStatus.Asks), (what, status));
            Assert.Equal(message, ((ClientHelloQuestion)server.Handshake.Question!).Hello.RawMessage.ToArray());
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, 1)]
    [InlineData(SslProtocols.Tls13, 1)]
    [InlineData(SslProtocols.Tls13, 3)]
    [InlineData(SslProtocols.Tls13, 100)]
    public async Task A_hello_in_many_records_leads_to_a_connection(SslProtocols protocol, int size)
    {
        S2nClientHello? seen = null;
        (S2nStream client, S2nStream server) = await Selecting.ConnectAsync(
            TestContexts.ClientFor(protocol),
            (_, hello, _) =>
            {
                seen = hello;
                return new(TestContexts.Server);
            },
            wrapClient: inner => new TornHello(inner, size));
        await using (client)
        await using (server)
        {
            Assert.Equal("localhost", seen!.ServerName);
            Assert.Equal(protocol, server.SslProtocol);
        }
    }

    [Fact]
    public void Our_parser_and_s2n_agree_on_what_is_a_hello()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        int taken = 0, refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            byte[] body = s_hello[4..];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                // The random is nothing to disagree about.
                int at = random.Next(body.Length - 32);
                body[at < 2 ? at : at + 32] = (byte)(random.Next(2) == 0 ? random.Next(4) : random.Next(256));
            }

            byte[] message = HelloBytes.Message(random.Next(4) == 0 ? body[..random.Next(1, body.Length)] : body);
            EnginePair.Side server = HelloSide.Create();
            using TlsConnection connection = server.Connection;
            server.Feed(HelloBytes.Records(message));
            string explained = $"seed {seed}, hello {i}, {Convert.ToHexString(message)}";
            S2nException? error = null;
            try
            {
                Assert.True(server.Handshake.Advance() == HandshakeStatus.Asks, explained);
            }
            catch (S2nException e)
            {
                error = e;
            }

            bool isParsed = S2nClientHello.TryParse(message, out S2nClientHello? hello);
            Assert.True(isParsed ? error is null or { S2nErrorName: "S2N_ERR_DUPLICATE_EXTENSION" } : error is not null, $"{explained}: {error?.S2nErrorName}");
            if (error is null)
            {
                Assert.True(((ClientHelloQuestion)server.Handshake.Question!).Hello.RawMessage.Span.SequenceEqual(message), explained);
                taken++;
            }
            else
            {
                refused++;
            }
        }

        Assert.True(taken > 300 && refused > 300, $"seed {seed}: {taken} were taken, {refused} refused");
    }

    private static byte[] Huge(int body)
    {
        byte[] small = HelloBytes.Make([0x1301], [(0xff00, [])]);
        return HelloBytes.Make([.. Enumerable.Repeat((ushort)0x1301, 4001)], [(0xff00, new byte[body - (small.Length - 4) - 8000])]);
    }

    /// <summary>Puts the first message into records of a few bytes each.</summary>
    private sealed class TornHello(Stream inner, int size) : WrappedStream(inner)
    {
        private bool _isDone;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            byte[] bytes = _isDone ? buffer.ToArray() : HelloBytes.Records(buffer.Span[5..], size);
            _isDone = true;
            return base.WriteAsync(bytes, cancellationToken);
        }
    }
}
