using Nito.AsyncEx;

namespace S2nTls.Tests.Behaviours;

public class Cancelling
{
    private static readonly CancellationToken s_cancelled = new(canceled: true);

    [Theory, OverPairs]
    public async Task A_read_that_waits_ends_with_the_callers_token(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        using var cancel = new CancellationTokenSource();
        Task<int> read = tls.Subject.ReadAsync(new byte[10], cancel.Token).AsTask();
        Assert.False(read.IsCompleted);
        await cancel.CancelAsync();
        var error = await Calls.FailsAsync<OperationCanceledException>(() => read);
        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.True(read.IsCanceled);
    }

    [Theory, OverPairs]
    public async Task A_read_of_an_array_that_waits_ends_with_the_callers_token(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        using var cancel = new CancellationTokenSource();
        Task<int> read = tls.Subject.ReadAsync(new byte[10], 0, 10, cancel.Token);
        await cancel.CancelAsync();
        await Calls.FailsAsync<OperationCanceledException>(() => read);
        Assert.True(read.IsCanceled);
    }

    [Theory, OverPairs]
    public async Task After_a_cancelled_read_both_directions_go_on(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        for (int i = 0; i < 3; i++)
        {
            using var cancel = new CancellationTokenSource();
            Task<int> read = tls.Subject.ReadAsync(new byte[10], cancel.Token).AsTask();
            await cancel.CancelAsync();
            await Calls.FailsAsync<OperationCanceledException>(() => read);
            await tls.ExpectAliveAsync();
        }
    }

    [Theory, OverPairs]
    public async Task After_a_cancelled_read_a_synchronous_one_goes_on(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        using var cancel = new CancellationTokenSource();
        Task<int> read = tls.Subject.ReadAsync(new byte[10], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Calls.FailsAsync<OperationCanceledException>(() => read);
        Task<int> next = Calls.Blocking(() => tls.Subject.ReadByte());
        await tls.Peer.SendAsync("x");
        Assert.Equal('x', await next.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task A_read_cancelled_before_it_began_ends_at_once_and_takes_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await Calls.FailsAsync<OperationCanceledException>(() => tls.Subject.ReadAsync(new byte[10], s_cancelled).AsTask());
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task A_read_cancelled_before_it_began_finds_decrypted_data(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("abc");
        Assert.Equal('a', tls.Subject.ReadByte());
        await Differences.CancelledBeforeItBegan.DiffersAsync(
            tls.Kind,
            ssl: async () => Assert.Equal(2, await tls.Subject.ReadAsync(new byte[10], s_cancelled).WithDeadline()),
            s2n: async () =>
            {
                await Calls.FailsAsync<OperationCanceledException>(() => tls.Subject.ReadAsync(new byte[10], s_cancelled).AsTask());
                await tls.Subject.ExpectAsync("bc");
            });
    }

    [Theory, OverPairs]
    public async Task A_write_cancelled_before_it_began_sends_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        await Calls.FailsAsync<OperationCanceledException>(() => tls.Subject.WriteAsync(Calls.Bytes("lost"), s_cancelled).AsTask());
        await Calls.FailsAsync<OperationCanceledException>(() => tls.Subject.WriteAsync(Calls.Bytes("lost"), 0, 4, s_cancelled));
        await Differences.CancelledBeforeItBegan.DiffersAsync(
            tls.Kind,
            ssl: async () =>
            {
                // Two records were encrypted and never sent: what follows them cannot be decrypted.
                await tls.Subject.SendAsync("next");
                await Calls.FailsAsync<IOException>(() => tls.Peer.ReadAsync(new byte[10]).AsTask());
            },
            s2n: () => tls.ExpectAliveAsync());
    }

    [Theory, OverPairs]
    public async Task A_write_of_nothing_with_a_cancelled_token(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await Differences.CancelledBeforeItBegan.DiffersAsync(
            tls.Kind,
            ssl: () => tls.Subject.WriteAsync(ReadOnlyMemory<byte>.Empty, s_cancelled).WithDeadline(),
            s2n: () => Calls.FailsAsync<OperationCanceledException>(() => tls.Subject.WriteAsync(ReadOnlyMemory<byte>.Empty, s_cancelled).AsTask()));
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task A_write_that_waits_ends_with_the_callers_token(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, pauseAt: 4096);
        using var cancel = new CancellationTokenSource();
        Task write = tls.Subject.WriteAsync(new byte[1_000_000], cancel.Token).AsTask();
        await Task.Delay(20);
        Assert.False(write.IsCompleted);
        await cancel.CancelAsync();
        var error = await Calls.FailsAsync<OperationCanceledException>(() => write);
        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.True(write.IsCanceled);
    }

    [Theory, OverPairs]
    public async Task After_a_cancelled_write_reads_go_on(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, pauseAt: 4096);
        using var cancel = new CancellationTokenSource();
        Task write = tls.Subject.WriteAsync(new byte[1_000_000], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Calls.FailsAsync<OperationCanceledException>(() => write);
        await tls.Peer.SendAsync("still there");
        await tls.Subject.ExpectAsync("still there");
    }

    [Theory, OverPairs]
    public async Task After_a_cancelled_write_over_an_inner_stream_that_tears_what_is_cancelled(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new TearingStream(inner));
        var inner = (TearingStream)tls.SubjectEnd.Inner;
        using var cancel = new CancellationTokenSource();
        inner.Pause();
        Task write = tls.Subject.WriteAsync(Calls.Bytes("first "), cancel.Token).AsTask();
        Assert.False(write.IsCompleted);
        await cancel.CancelAsync();
        await Calls.FailsAsync<OperationCanceledException>(() => write);
        inner.GoOn();
        await tls.Subject.SendAsync("second");
        await Differences.CancelledWrite.DiffersAsync(
            tls.Kind,
            ssl: async () =>
            {
                await tls.Subject.WriteAsync(new byte[1000]).WithDeadline(); // enough to fill the torn record up
                await Calls.FailsAsync<IOException>(() => tls.Peer.ReadExactlyAsync(new byte[12]).AsTask());
            },
            s2n: () => tls.Peer.ExpectAsync("first second"));
    }

    [Theory, OverPairs]
    public async Task After_a_cancelled_read_over_an_inner_stream_that_forgets_what_it_has_read(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new ForgettingStream(inner));
        using var cancel = new CancellationTokenSource();
        Task<int> read = tls.Subject.ReadAsync(new byte[10], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await tls.Peer.SendAsync("first ");
        await Calls.FailsAsync<OperationCanceledException>(() => read);
        await tls.Peer.SendAsync("second");
        await Differences.CancelledRead.DiffersAsync(
            tls.Kind,
            ssl: () => Calls.FailsAsync<IOException>(() => tls.Subject.ReadExactlyAsync(new byte[12]).AsTask()),
            s2n: () => tls.Subject.ExpectAsync("first second"));
    }

    [Theory, OverPairs]
    public async Task The_callers_token_goes_to_the_inner_streams_reads_and_writes(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        using var cancel = new CancellationTokenSource();
        await tls.Subject.WriteAsync(new byte[1], cancel.Token).WithDeadline();
        Assert.Equal(Differences.TokenOfInnerStream.Of(tls.Kind, ssl: cancel.Token, s2n: CancellationToken.None), inner.Token);
        await tls.Peer.SendAsync("x");
        await tls.Subject.ReadAsync(new byte[1], cancel.Token).WithDeadline();
        Assert.Equal(Differences.TokenOfInnerStream.Of(tls.Kind, ssl: cancel.Token, s2n: CancellationToken.None), inner.Token);
    }

    [Theory, OverPairs]
    public async Task Cancelling_what_is_over_does_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        using var cancel = new CancellationTokenSource();
        await tls.Subject.WriteAsync(Calls.Bytes("ab"), cancel.Token).WithDeadline();
        await tls.Peer.SendAsync("cd");
        Assert.Equal(2, await tls.Subject.ReadAsync(new byte[2], cancel.Token).WithDeadline());
        await cancel.CancelAsync();
        await tls.Peer.ExpectAsync("ab");
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task A_cancelled_read_leaves_a_pending_write_alone(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, pauseAt: 4096);
        byte[] sent = Calls.Pattern(100_000);
        Task write = tls.Subject.WriteAsync(sent).AsTask();
        using var cancel = new CancellationTokenSource();
        Task<int> read = tls.Subject.ReadAsync(new byte[1], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Calls.FailsAsync<OperationCanceledException>(() => read);
        byte[] received = new byte[sent.Length];
        await tls.Peer.ReadExactlyAsync(received).WithDeadline();
        await write.WithDeadline();
        Assert.Equal(sent, received);
    }

    [Theory, OverPairs]
    public async Task A_cancelled_write_leaves_a_pending_read_alone(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, pauseAt: 4096);
        byte[] buffer = new byte[4];
        Task<int> read = tls.Subject.ReadAsync(buffer).AsTask();
        using var cancel = new CancellationTokenSource();
        Task write = tls.Subject.WriteAsync(new byte[1_000_000], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Calls.FailsAsync<OperationCanceledException>(() => write);
        Assert.False(read.IsCompleted);
        await tls.Peer.SendAsync("data");
        Assert.Equal(4, await read.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task ReadExactlyAsync_can_be_cancelled_between_its_pieces(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        using var cancel = new CancellationTokenSource();
        Task read = tls.Subject.ReadExactlyAsync(new byte[10], cancel.Token).AsTask();
        await tls.Peer.SendAsync("half");
        await cancel.CancelAsync();
        await Calls.FailsAsync<OperationCanceledException>(() => read);
    }

    [Theory, OverPairs]
    public async Task CopyToAsync_can_be_cancelled(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        using var cancel = new CancellationTokenSource();
        var destination = new System.IO.Pipelines.Pipe();
        Task copy = tls.Subject.CopyToAsync(destination.Writer.AsStream(), cancel.Token);
        await tls.Peer.SendAsync("data");
        await destination.Reader.AsStream().ExpectAsync("data");
        Assert.False(copy.IsCompleted);
        await cancel.CancelAsync();
        await Calls.FailsAsync<OperationCanceledException>(() => copy);
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task Dispose_of_the_token_source_after_a_read_is_harmless(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        var cancel = new CancellationTokenSource();
        ValueTask<int> read = tls.Subject.ReadAsync(new byte[4], cancel.Token);
        await tls.Peer.SendAsync("data");
        Assert.Equal(4, await read.WithDeadline());
        cancel.Dispose();
        await tls.ExpectAliveAsync();
    }

    [Theory, OverKinds]
    public async Task A_handshake_cancelled_before_it_began_ends_at_once(Kind kind, bool asServer)
    {
        TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
        await using Stream stream = end.Stream;
        await Calls.FailsAsync<OperationCanceledException>(() => end.AuthenticateAsync(asServer, cancellationToken: s_cancelled));
        Assert.False(end.Stream.IsAuthenticated);
    }

    [Theory, OverPairs]
    public async Task After_a_handshake_cancelled_before_it_began_another_can_begin(Pair pair)
    {
        await using Connection tls = Connection.Create(pair);
        await Calls.FailsAsync<OperationCanceledException>(
            () => tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer(), cancellationToken: s_cancelled));
        await Differences.HandshakeCancelledBeforeItBegan.DiffersAsync(
            tls.Kind,
            ssl: async () =>
            {
                // The client's first message was made and not sent, and is not made again.
                Task again = tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer());
                Task peer = tls.PeerEnd.AuthenticateAsync(!pair.SubjectIsServer());
                await Task.Delay(200);
                Assert.False(again.IsCompleted || peer.IsCompleted);
                await tls.DisposeAsync();
                await Calls.EndsAsync(Task.WhenAll(again, peer));
            },
            s2n: async () =>
            {
                await Task.WhenAll(
                    tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer()),
                    tls.PeerEnd.AuthenticateAsync(!pair.SubjectIsServer())).WithDeadline();
                await tls.ExpectAliveAsync();
            });
    }

    [Theory, OverKinds]
    public async Task A_handshake_that_waits_ends_with_the_callers_token(Kind kind, bool asServer)
    {
        TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
        await using Stream stream = end.Stream;
        using var cancel = new CancellationTokenSource();
        Task handshake = end.AuthenticateAsync(asServer, cancellationToken: cancel.Token);
        Assert.False(handshake.IsCompleted);
        await cancel.CancelAsync();
        var error = await Calls.FailsAsync<OperationCanceledException>(() => handshake);
        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.True(handshake.IsCanceled);
    }

    [Theory, OverKinds]
    public async Task After_a_cancelled_handshake_reads_and_writes_throw(Kind kind, bool asServer)
    {
        TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
        await using Stream stream = end.Stream;
        using var cancel = new CancellationTokenSource();
        Task handshake = end.AuthenticateAsync(asServer, cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        await Calls.FailsAsync<OperationCanceledException>(() => handshake);
        Assert.False(end.Stream.IsAuthenticated);
        Assert.False(stream.CanRead);
        await Differences.CallsAfterAFailedHandshake.DiffersAsync(
            kind,
            ssl: async () =>
            {
                await StageCalls.Reads.AllThrowAsync<InvalidOperationException>(end, except: "EndRead");
                await StageCalls.Writes.AllThrowAsync<InvalidOperationException>(end, except: "EndWrite");
            },
            s2n: async () =>
            {
                await StageCalls.Reads.AllThrowAsync<OperationCanceledException>(end, except: "EndRead");
                await StageCalls.Writes.AllThrowAsync<OperationCanceledException>(end, except: "EndWrite");
            });
    }

    [Theory, OverKinds]
    public async Task After_a_cancelled_handshake_another(Kind kind, bool asServer)
    {
        TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
        using var cancel = new CancellationTokenSource();
        Task handshake = end.AuthenticateAsync(asServer, cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        await Calls.FailsAsync<OperationCanceledException>(() => handshake);
        Task again = end.AuthenticateAsync(asServer);
        await Differences.HandshakeAfterAFailedOne.DiffersAsync(
            kind,
            ssl: async () =>
            {
                await Task.Delay(50);
                Assert.False(again.IsCompleted);
            },
            s2n: () => Calls.FailsAsync<OperationCanceledException>(() => again));
        await end.Stream.DisposeAsync().WithDeadline();
        await Calls.EndsAsync(again);
    }

    /// <summary>Where it is paused, a write that is cancelled has handed down only its first bytes.</summary>
    private sealed class TearingStream(Stream inner) : WrappedStream(inner)
    {
        private readonly AsyncManualResetEvent _going = new(set: true);

        public void Pause() => _going.Reset();

        public void GoOn() => _going.Set();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            const int Torn = 8; // the record's header and a little more
            await base.WriteAsync(buffer[..Torn], CancellationToken.None);
            await _going.WaitAsync(cancellationToken);
            await base.WriteAsync(buffer[Torn..], CancellationToken.None);
        }
    }

    /// <summary>Loses what it has read when its reader is cancelled, which a stream may.</summary>
    private sealed class ForgettingStream(Stream inner) : WrappedStream(inner)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.IsEmpty)
            {
                return 0; // nothing to lose: it says at once that a read may be tried
            }

            int count = await base.ReadAsync(buffer, CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return count;
        }
    }
}
