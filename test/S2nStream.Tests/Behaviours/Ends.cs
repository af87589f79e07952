using System.Security.Authentication;
using Nito.AsyncEx;

namespace S2nTls.Tests.Behaviours;

/// <summary>How a conversation ends, and what can be done then.</summary>
public class Ends
{
    [Theory, OverPairs]
    public async Task After_the_peers_end_every_read_gives_nothing_again_and_again(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(0, await tls.Subject.ReadAsync(new byte[10]).WithDeadline());
            Assert.Equal(0, await tls.Subject.ReadAsync(new byte[10], 0, 10).WithDeadline());
            Assert.Equal(0, tls.Subject.Read(new byte[10], 0, 10));
            Assert.Equal(0, tls.Subject.Read(new byte[10].AsSpan()));
            Assert.Equal(-1, tls.Subject.ReadByte());
            Assert.Equal(0, await tls.Subject.ReadAsync(Memory<byte>.Empty).WithDeadline());
            Assert.Equal(0, tls.Subject.EndRead(tls.Subject.BeginRead(new byte[1], 0, 1, null, null)));
        }
    }

    [Theory, OverPairs]
    public async Task The_data_before_the_end_comes_first(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        await tls.Peer.SendAsync("data");
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        await tls.Subject.ExpectAsync("data");
        Assert.Equal(0, await tls.Subject.ReadAsync(new byte[10]).WithDeadline());
    }

    [Theory, OverPairs]
    public async Task The_data_before_the_end_can_be_read_byte_by_byte(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("ab");
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        Assert.Equal(('a', 'b', -1, -1), ((char)tls.Subject.ReadByte(), (char)tls.Subject.ReadByte(), tls.Subject.ReadByte(), tls.Subject.ReadByte()));
    }

    [Theory, OverPairs]
    public async Task The_end_wakes_a_read_that_waits(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        Task<int> read = tls.Subject.ReadAsync(new byte[10]).AsTask();
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        Assert.Equal(0, await read.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task After_the_peers_end_it_still_says_that_it_can_be_read_and_written(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        Assert.Equal(0, await tls.Subject.ReadAsync(new byte[10]).WithDeadline());
        Assert.True(tls.Subject.CanRead);
        Assert.True(tls.Subject.CanWrite);
        Assert.True(tls.Subject.IsAuthenticated);
    }

    [Theory, OverPairs]
    public async Task After_the_peers_end_writes_go_on_and_the_peer_reads_them(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        Assert.Equal(0, await tls.Subject.ReadAsync(new byte[10]).WithDeadline());
        await tls.Subject.SendAsync("answer");
        await tls.Peer.ExpectAsync("answer");
    }

    [Theory, OverPairs]
    public async Task After_the_peers_end_on_tls_1_2_a_write(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = SslProtocols.Tls12 });
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        Assert.Equal(0, await tls.Subject.ReadAsync(new byte[10]).WithDeadline());
        await Differences.WriteAfterThePeersEnd.DiffersAsync(
            tls.Kind,
            ssl: async () =>
            {
                await tls.Subject.SendAsync("answer");
                await tls.Peer.ExpectAsync("answer");
            },
            s2n: async () =>
            {
                for (int i = 0; i < 2; i++)
                {
                    var error = await Calls.FailsAsync<S2nException>(() => tls.Subject.WriteAsync(new byte[1]).AsTask());
                    Assert.Equal(S2nErrorType.Closed, error.ErrorType);
                    Assert.StartsWith("The peer has closed the connection with close_notify. On TLS 1.2", error.Message, StringComparison.Ordinal);
                }

                await tls.SubjectEnd.ShutdownAsync().WithDeadline();
                Assert.Equal(0, await tls.Peer.ReadAsync(new byte[10]).WithDeadline());
            });
    }

    [Theory, OverPairs]
    public async Task A_question_with_the_peers_end_right_behind_it_is_answered(Pair pair, SslProtocols protocol)
    {
        // Both are at hand when the question is read, and there is room for more than the question.
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        await tls.Peer.SendAsync("ques");
        await tls.Peer.SendAsync("tion");
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        byte[] buffer = new byte[100];
        await tls.Subject.ReadAtLeastAsync(buffer, "question".Length).AsTask().WithDeadline();
        await tls.Subject.SendAsync("answer");
        if (tls.PeerEnd.Kind == Kind.SslStream || protocol == SslProtocols.Tls13)
        {
            await tls.Peer.ExpectAsync("answer"); // s2n on TLS 1.2 takes no data once it has shut down
        }

        Assert.Equal(0, await tls.Subject.ReadAsync(buffer).WithDeadline());
    }

    [Theory, OverPairs]
    public async Task After_ShutdownAsync_reads_go_on(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Subject.SendAsync("question");
        await tls.SubjectEnd.ShutdownAsync().WithDeadline();
        await tls.Peer.ExpectAsync("question");
        Assert.Equal(0, await tls.Peer.ReadAsync(new byte[1]).WithDeadline());
        await tls.Peer.SendAsync("answer");
        await tls.Subject.ExpectAsync("answer");
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        Assert.Equal(0, await tls.Subject.ReadAsync(new byte[1]).WithDeadline());
    }

    [Theory, OverPairs]
    public async Task ShutdownAsync_sends_something_once(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol }, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        long before = inner.BytesWritten;
        await tls.SubjectEnd.ShutdownAsync().WithDeadline();
        Assert.InRange(inner.BytesWritten - before, 7, 64); // one alert record
    }

    [Theory, OverPairs]
    public async Task ShutdownAsync_does_not_wait_for_the_peers_end(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Task shutdown = tls.SubjectEnd.ShutdownAsync();
        Assert.True(shutdown.IsCompletedSuccessfully);
        await shutdown;
    }

    [Theory, OverPairs]
    public async Task ShutdownAsync_does_not_dispose_the_inner_stream(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        await tls.SubjectEnd.ShutdownAsync().WithDeadline();
        Assert.Equal(0, ((CountingStream)tls.SubjectEnd.Inner).DisposeCount);
    }

    [Theory, OverPairs]
    public async Task After_ShutdownAsync_it_cannot_be_written_but_read(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.SubjectEnd.ShutdownAsync().WithDeadline();
        Assert.False(tls.Subject.CanWrite);
        Assert.True(tls.Subject.CanRead);
        Assert.True(tls.Subject.IsAuthenticated);
    }

    [Theory, OverPairs]
    public async Task After_ShutdownAsync_writes_throw_InvalidOperationException(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        await tls.SubjectEnd.ShutdownAsync().WithDeadline();
        await StageCalls.Writes.AllThrowAsync<InvalidOperationException>(tls.SubjectEnd, "EndWrite", "BeginWrite", "WriteAsync(empty)", "ShutdownAsync");
        IAsyncResult write = tls.Subject.BeginWrite(new byte[1], 0, 1, null, null);
        Assert.Throws<InvalidOperationException>(() => tls.Subject.EndWrite(write));
    }

    [Theory, OverPairs]
    public async Task After_ShutdownAsync_a_write_of_nothing_throws_InvalidOperationException(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.SubjectEnd.ShutdownAsync().WithDeadline();
        await Calls.FailsAsync<InvalidOperationException>(() => tls.Subject.WriteAsync(ReadOnlyMemory<byte>.Empty).AsTask());
    }

    [Theory, OverPairs]
    public async Task After_ShutdownAsync_a_flush_works(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        await tls.SubjectEnd.ShutdownAsync().WithDeadline();
        int before = inner.Flushes;
        tls.Subject.Flush();
        Assert.Equal(before + 1, inner.Flushes);
    }

    [Theory, OverPairs]
    public async Task A_second_ShutdownAsync(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        await tls.SubjectEnd.ShutdownAsync().WithDeadline();
        long before = inner.BytesWritten;
        await Differences.SecondShutdown.DiffersAsync(
            tls.Kind,
            ssl: () => Calls.FailsAsync<InvalidOperationException>(() => tls.SubjectEnd.ShutdownAsync()),
            s2n: () => tls.SubjectEnd.ShutdownAsync().WithDeadline());
        Assert.Equal(before, inner.BytesWritten);
    }

    [Theory, OverPairs]
    public async Task ShutdownAsync_beside_a_write_that_waits(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new GatedStream(inner));
        var inner = (GatedStream)tls.SubjectEnd.Inner;
        inner.Hold();
        Task write = tls.Subject.WriteAsync(Calls.Bytes("data")).AsTask();
        Task shutdown = tls.SubjectEnd.ShutdownAsync();
        Assert.Equal(Differences.ShutdownBesideAWrite.Of(tls.Kind, ssl: 2, s2n: 1), inner.Waiting);
        inner.LetGo();
        await Task.WhenAll(write, shutdown).WithDeadline();
        if (tls.Kind == Kind.S2nStream)
        {
            await tls.Peer.ExpectAsync("data");
            Assert.Equal(0, await tls.Peer.ReadAsync(new byte[1]).WithDeadline());
        }
    }

    [Theory, OverPairs]
    public async Task After_both_have_shut_down_both_read_the_end(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        await tls.SubjectEnd.ShutdownAsync().WithDeadline();
        Assert.Equal(0, await tls.Peer.ReadAsync(new byte[1]).WithDeadline());
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        Assert.Equal(0, await tls.Subject.ReadAsync(new byte[1]).WithDeadline());
    }

    [Theory, OverPairs]
    public async Task The_transports_end_without_a_word(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        await tls.Peer.SendAsync("half a mess");
        tls.PeerEnd.Inner.Dispose();
        await tls.Subject.ExpectAsync("half a mess");
        await Differences.Truncation.DiffersAsync(
            tls.Kind,
            ssl: async () => Assert.Equal(0, await tls.Subject.ReadAsync(new byte[10]).WithDeadline()),
            s2n: async () =>
            {
                for (int i = 0; i < 2; i++)
                {
                    var error = await Calls.FailsAsync<S2nException>(() => tls.Subject.ReadAsync(new byte[10]).AsTask());
                    Assert.Equal(S2nErrorType.Closed, error.ErrorType);
                }
            });
    }

    [Theory, OverPairs]
    public async Task The_transports_end_inside_a_record_is_an_IOException(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        await tls.PeerEnd.Inner.WriteAsync(new byte[] { 23, 3, 3, 0, 100, 1, 2, 3 }).WithDeadline();
        tls.PeerEnd.Inner.Dispose();
        await Calls.FailsAsync<IOException>(() => tls.Subject.ReadAsync(new byte[10]).AsTask());
    }

    [Theory, OverPairs]
    public async Task A_record_that_was_changed_on_the_way_is_an_IOException(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol }, wrapPeer: inner => new CorruptingStream(inner));
        ((CorruptingStream)tls.PeerEnd.Inner).Corrupts = true;
        await tls.Peer.SendAsync("data");
        await Calls.FailsAsync<IOException>(() => tls.Subject.ReadAsync(new byte[10]).AsTask());
    }

    [Theory, OverPairs]
    public async Task Garbage_after_the_handshake_is_an_IOException(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        await tls.PeerEnd.Inner.WriteAsync(Calls.Bytes("this is not a record of TLS at all")).WithDeadline();
        await Calls.FailsAsync<IOException>(() => tls.Subject.ReadAsync(new byte[10]).AsTask());
    }

    [Theory, OverPairs]
    public async Task After_a_broken_record_the_next_read_throws_again(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrapPeer: inner => new CorruptingStream(inner));
        ((CorruptingStream)tls.PeerEnd.Inner).Corrupts = true;
        await tls.Peer.SendAsync("data");
        await Calls.FailsAsync<IOException>(() => tls.Subject.ReadAsync(new byte[10]).AsTask());
        ((CorruptingStream)tls.PeerEnd.Inner).Corrupts = false;
        await tls.Peer.SendAsync("more");
        await Calls.FailsAsync<IOException>(() => tls.Subject.ReadAsync(new byte[10]).AsTask());
    }

    [Theory, OverPairs]
    public async Task ReadToEnd_and_CopyTo_end_with_the_peers_end(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("all of it");
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        using var copy = new MemoryStream();
        await tls.Subject.CopyToAsync(copy).WithDeadline();
        Assert.Equal("all of it"u8.ToArray(), copy.ToArray());
        tls.Subject.CopyTo(copy);
        Assert.Equal(9, copy.Length);
    }

    private sealed class CorruptingStream(Stream inner) : WrappedStream(inner)
    {
        public bool Corrupts { get; set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!Corrupts)
            {
                return base.WriteAsync(buffer, cancellationToken);
            }

            byte[] changed = buffer.ToArray();
            changed[^1] ^= 1;
            return base.WriteAsync(changed, cancellationToken);
        }
    }

    /// <summary>Lets writes wait, several if several come.</summary>
    private sealed class GatedStream(Stream inner) : WrappedStream(inner)
    {
        private readonly AsyncLock _oneAtATime = new();
        private readonly AsyncManualResetEvent _gate = new(set: true);

        public int Waiting { get; private set; }

        public void Hold() => _gate.Reset();

        public void LetGo() => _gate.Set();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_gate.IsSet)
            {
                Waiting++;
                await _gate.WaitAsync(CancellationToken.None);
            }

            using (await _oneAtATime.LockAsync(CancellationToken.None))
            {
                await base.WriteAsync(buffer, cancellationToken);
            }
        }
    }
}
