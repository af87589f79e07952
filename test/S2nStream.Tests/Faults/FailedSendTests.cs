using System.Buffers;
using System.Security.Authentication;

namespace S2nTls.Tests.Faults;

/// <summary>
/// What is thrown inside a call of s2n's that makes ciphertext is the end of the connection: s2n keeps the record, and would skip as many bytes
/// of what is written next.
/// </summary>
public class FailedSendTests
{
    private static readonly byte[] s_first = Enumerable.Repeat((byte)'A', 16).ToArray();
    private static readonly byte[] s_second = "0123456789abcdefghijklmnopqrstuvwxyz"u8.ToArray();

    public static TheoryData<SslProtocols, string> Calls()
    {
        var calls = new TheoryData<SslProtocols, string>();
        foreach (SslProtocols protocol in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            foreach (string call in new[] { "WriteAsync", "Write", "WriteAsync of pieces", "ShutdownWriteAsync", "RequestKeyUpdateAsync" })
            {
                if (protocol == SslProtocols.Tls13 || call != "RequestKeyUpdateAsync")
                {
                    calls.Add(protocol, call);
                }
            }
        }

        return calls;
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task After_a_record_that_the_pipe_did_not_take_nothing_is_sent(SslProtocols protocol, string call)
    {
        (S2nStream client, S2nStream server, FailingPipe pipe) = await ConnectAsync(protocol);
        await using (server)
        {
            await using (client)
            {
                await client.WriteAsync("before"u8.ToArray()).WithDeadline();
                pipe.GoodTimes = 0;
                S2nException first = await Assert.ThrowsAsync<S2nException>(() => Call(client, call, s_first).WithDeadline());
                Assert.Same(FailingPipe.Thrown, first.InnerException);
                foreach ((_, string next) in Calls().Select(row => ((SslProtocols)row[0], (string)row[1])).Where(row => row.Item1 == protocol))
                {
                    S2nException later = await Assert.ThrowsAsync<S2nException>(() => Call(client, next, s_second).WithDeadline());
                    Assert.Equal(first.Message, later.Message);
                    Assert.Same(FailingPipe.Thrown, later.InnerException);
                }

                await server.WriteAsync("more"u8.ToArray()).WithDeadline();
                Assert.Equal(first.Message, (await Assert.ThrowsAsync<S2nException>(() => client.ReadAsync(new byte[10]).WithDeadline())).Message);
            }

            byte[] heard = new byte[6];
            await server.ReadExactlyAsync(heard).WithDeadline();
            Assert.Equal("before"u8.ToArray(), heard);

            // No close_notify: the peer is to see that something is missing.
            S2nException end = await Assert.ThrowsAsync<S2nException>(() => server.ReadAsync(new byte[100]).WithDeadline());
            Assert.Equal(S2nErrorType.Closed, end.ErrorType);
            Assert.Equal(0, pipe.WrittenAfterwards);
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, false)]
    [InlineData(SslProtocols.Tls13, true)]
    public async Task In_the_handshake_too_it_is_the_end_and_nothing_follows(SslProtocols protocol, bool onServer)
    {
        int failures = 0;
        for (bool hasFailed = true; hasFailed; failures += hasFailed ? 1 : 0)
        {
            (DuplexPipe clientEnd, DuplexPipe serverEnd) = DuplexPipe.Create();
            var pipe = new FailingPipe(onServer ? serverEnd : clientEnd) { GoodTimes = failures };
            await using var client = new S2nStream(onServer ? clientEnd : pipe);
            await using var server = new S2nStream(onServer ? pipe : serverEnd);
            Task connect = client.AuthenticateAsClientAsync(TestContexts.ClientFor(protocol), "localhost");
            Task accept = server.AuthenticateAsServerAsync(TestContexts.ServerFor(protocol));
            try
            {
                await (onServer ? accept : connect).WithDeadline();
                await connect.WithDeadline();
                hasFailed = pipe.HasFailed;
                Assert.False(hasFailed, "it has failed, and nobody was told");
            }
            catch (AuthenticationException e) when (pipe.HasFailed)
            {
                Assert.Same(FailingPipe.Thrown, Assert.IsType<S2nException>(e.InnerException).InnerException);
                await (onServer ? server : client).DisposeAsync();
                Assert.Equal(0, pipe.WrittenAfterwards);
                await Assert.ThrowsAnyAsync<Exception>(() => (onServer ? connect : accept).WithDeadline());
            }
        }

        Assert.InRange(failures, 2, 100);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_record_that_the_inner_stream_did_not_take_nothing_is_sent(bool synchronously)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        var inner = new OnceFailingStream(clientEnd);
        await using TlsPair pair = await TlsPair.OverAsync(inner, serverEnd);
        inner.Fails = true;
        string call = synchronously ? "Write" : "WriteAsync";
        IOException first = await Assert.ThrowsAsync<IOException>(() => Call(pair.Client, call, s_first).WithDeadline());
        Assert.IsType<InsufficientMemoryException>(first.InnerException);
        IOException second = await Assert.ThrowsAsync<IOException>(() => Call(pair.Client, call, s_second).WithDeadline());
        Assert.Equal(first.Message, second.Message);
        await pair.Client.DisposeAsync();
        S2nException end = await Assert.ThrowsAsync<S2nException>(() => pair.Server.ReadAsync(new byte[100]).WithDeadline());
        Assert.Equal(S2nErrorType.Closed, end.ErrorType);
        Assert.Equal(0, inner.WrittenAfterwards);
    }

    [Fact]
    public async Task What_is_thrown_before_a_record_is_made_harms_nothing()
    {
        (S2nStream client, S2nStream server, _) = await ConnectAsync(SslProtocols.Tls13);
        await using (server)
        await using (client)
        {
            // Its second piece cannot be pinned.
            var memory = new UnpinnableMemory();
            var pieces = new ReadOnlySequence<byte>(new Segment(s_first, null, out Segment last), 0, last.Append(memory.Memory), memory.Memory.Length);
            await Assert.ThrowsAsync<InsufficientMemoryException>(() => client.WriteAsync(pieces).WithDeadline());
            await client.WriteAsync(s_second).WithDeadline();
            byte[] heard = new byte[s_second.Length];
            await server.ReadExactlyAsync(heard).WithDeadline();
            Assert.Equal(s_second, heard);
        }
    }

    [Fact]
    public async Task Ciphertext_that_cannot_be_read_where_the_pipe_has_it_is_the_end_too_and_the_peer_is_told()
    {
        (S2nStream client, S2nStream server, FailingPipe pipe) = await ConnectAsync(SslProtocols.Tls13);
        await using (server)
        await using (client)
        {
            pipe.FailReading();
            await server.WriteAsync(s_first).WithDeadline();
            S2nException error = await Assert.ThrowsAsync<S2nException>(() => client.ReadAsync(new byte[10]).WithDeadline());
            Assert.Same(FailingPipe.Thrown, error.InnerException);
            Assert.Equal(error.Message, (await Assert.ThrowsAsync<S2nException>(() => client.ReadAsync(new byte[10]).WithDeadline())).Message);
            Assert.Equal(error.Message, (await Assert.ThrowsAsync<S2nException>(() => client.WriteAsync(s_second).WithDeadline())).Message);
            Assert.Equal(0, await server.ReadAsync(new byte[10]).WithDeadline());
        }
    }

    private static Task Call(S2nStream stream, string call, byte[] data) => call switch
    {
        "Write" => Deadline.Run(() => stream.Write(data)),
        "WriteAsync" => stream.WriteAsync(data).AsTask(),
        "WriteAsync of pieces" => stream.WriteAsync(new ReadOnlySequence<byte>(new Segment(data, null, out Segment last), 0, last.Append(data), data.Length)).AsTask(),
        "ShutdownWriteAsync" => stream.ShutdownWriteAsync(),
        "RequestKeyUpdateAsync" => stream.RequestKeyUpdateAsync(),
        _ => throw new ArgumentException(call, nameof(call)),
    };

    private static async Task<(S2nStream Client, S2nStream Server, FailingPipe Pipe)> ConnectAsync(SslProtocols protocol)
    {
        (DuplexPipe clientEnd, DuplexPipe serverEnd) = DuplexPipe.Create();
        var pipe = new FailingPipe(clientEnd);
        var client = new S2nStream(pipe);
        var server = new S2nStream(serverEnd);
        await Task.WhenAll(
            client.AuthenticateAsClientAsync(TestContexts.ClientFor(protocol), "localhost"),
            server.AuthenticateAsServerAsync(TestContexts.ServerFor(protocol))).WithDeadline();
        return (client, server, pipe);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before, out Segment self)
        {
            Memory = memory;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            self = this;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, this, out _);
            Next = next;
            return next;
        }
    }

    private sealed class UnpinnableMemory : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(10);

        public override Span<byte> GetSpan() => new byte[10];

        public override MemoryHandle Pin(int elementIndex = 0) => throw new InsufficientMemoryException();

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }

    private sealed class OnceFailingStream(Stream inner) : WrappedStream(inner)
    {
        private bool _hasFailed;

        public bool Fails { get; set; }

        public int WrittenAfterwards { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Check(buffer.Length);
            return base.WriteAsync(buffer, cancellationToken);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Check(buffer.Length);
            base.Write(buffer);
        }

        private void Check(int count)
        {
            WrittenAfterwards += _hasFailed ? count : 0;
            if (Fails && !_hasFailed)
            {
                _hasFailed = true;
                throw new InsufficientMemoryException("none left");
            }
        }
    }
}
