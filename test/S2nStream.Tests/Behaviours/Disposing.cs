using System.Security.Authentication;

namespace S2nTls.Tests.Behaviours;

public class Disposing
{
    [Theory, OverPairs]
    public async Task Dispose_disposes_the_inner_stream(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        tls.Subject.Dispose();
        Assert.Equal(1, inner.DisposeCount);
        Assert.Equal(0, inner.AsyncDisposals);
    }

    [Theory, OverPairs]
    public async Task DisposeAsync_disposes_the_inner_stream_asynchronously(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.Equal(1, inner.AsyncDisposals);
    }

    [Theory, OverPairs]
    public async Task Close_disposes_the_inner_stream(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        tls.Subject.Close();
        Assert.Equal(1, ((CountingStream)tls.SubjectEnd.Inner).DisposeCount);
        Assert.Throws<ObjectDisposedException>(() => tls.Subject.ReadByte());
    }

    [Theory, OverPairs]
    public async Task An_inner_stream_to_be_left_open_is_left_open(Pair pair)
    {
        await using Connection sync = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner), leaveOpen: true);
        sync.Subject.Dispose();
        Assert.Equal(0, ((CountingStream)sync.SubjectEnd.Inner).DisposeCount);
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner), leaveOpen: true);
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.Equal(0, ((CountingStream)tls.SubjectEnd.Inner).DisposeCount);
    }

    [Theory, OverPairs]
    public async Task An_inner_stream_that_was_left_open_still_works(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, leaveOpen: true);
        Stream inner = tls.SubjectEnd.Inner;
        await tls.SubjectEnd.ShutdownAsync().WithDeadline();
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        Assert.Equal(0, await tls.Peer.ReadAsync(new byte[1]).WithDeadline());
        Assert.Equal(0, await tls.Subject.ReadAsync(new byte[1]).WithDeadline());
        await tls.Subject.DisposeAsync().WithDeadline();
        await inner.SendAsync("plain");
        await tls.PeerEnd.Inner.ExpectAsync("plain");
        await tls.PeerEnd.Inner.SendAsync("text");
        await inner.ExpectAsync("text");
    }

    [Theory, OverPairs]
    public async Task Disposing_again_does_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        tls.Subject.Dispose();
        long sent = inner.BytesWritten;
        tls.Subject.Dispose();
        await tls.Subject.DisposeAsync().WithDeadline();
        tls.Subject.Close();
        Assert.Equal(sent, inner.BytesWritten);
    }

    [Theory, OverPairs]
    public async Task Disposed_several_times_it_disposes_the_inner_stream(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        await tls.Subject.DisposeAsync().WithDeadline();
        tls.Subject.Dispose();
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.Equal(Differences.InnerDisposals.Of(tls.Kind, ssl: 3, s2n: 1), ((CountingStream)tls.SubjectEnd.Inner).DisposeCount);
    }

    [Theory, OverKinds]
    public async Task Disposed_before_authentication_it_sends_nothing_and_disposes_the_inner_stream(Kind kind)
    {
        var inner = new CountingStream(DuplexPipe.CreateStreams().Client);
        await StreamKind.Of(kind).Create(inner).Stream.DisposeAsync().WithDeadline();
        Assert.Equal(1, inner.DisposeCount);
        Assert.Equal(0, inner.BytesWritten);
    }

    [Theory, OverKinds]
    public async Task Disposal_ends_a_handshake(Kind kind, bool asServer)
    {
        TlsEnd end = StreamKind.Of(kind).Create((await TcpPair.ConnectAsync()).Client);
        Task handshake = end.AuthenticateAsync(asServer);
        Assert.False(handshake.IsCompleted);
        end.Stream.Dispose();
        Exception error = await Calls.FailsAsync<Exception>(() => handshake);
        ExpectEndedByDisposal(kind, error);
        Assert.False(end.Stream.IsAuthenticated);
    }

    [Theory, OverPairs]
    public async Task Disposal_ends_a_pending_read(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        Task<int> read = tls.Subject.ReadAsync(new byte[10]).AsTask();
        Assert.False(read.IsCompleted);
        tls.Subject.Dispose();
        Exception error = await Calls.FailsAsync<Exception>(() => read);
        ExpectEndedByDisposal(tls.Kind, error);
    }

    [Theory, OverPairs]
    public async Task Disposal_ends_a_pending_read_even_if_the_inner_stream_is_left_open(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, leaveOpen: true);
        Task<int> read = tls.Subject.ReadAsync(new byte[10]).AsTask();
        await tls.Subject.DisposeAsync().WithDeadline();
        await Differences.PendingAtDisposalLeftOpen.DiffersAsync(
            tls.Kind,
            ssl: async () =>
            {
                await Task.Delay(50);
                Assert.False(read.IsCompleted);
                await tls.Peer.SendAsync("x");
                await Calls.FailsAsync<IOException>(() => read);
            },
            s2n: () => Calls.FailsAsync<ObjectDisposedException>(() => read));
    }

    [Theory, OverPairs]
    public async Task Disposal_ends_a_pending_write(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        Task write = tls.Subject.WriteAsync(new byte[64 * 1024 * 1024]).AsTask();
        await Task.Delay(50);
        Assert.False(write.IsCompleted);
        tls.Subject.Dispose();
        Exception error = await Calls.FailsAsync<Exception>(() => write);
        ExpectEndedByDisposal(tls.Kind, error);
    }

    [Theory, OverPairs]
    public async Task Disposal_ends_a_blocking_read(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        Task<int> read = Calls.Blocking(() => tls.Subject.Read(new byte[10], 0, 10));
        await Task.Delay(50);
        Assert.False(read.IsCompleted);
        tls.Subject.Dispose();
        Exception error = await Calls.FailsAsync<Exception>(() => read);
        ExpectEndedByDisposal(tls.Kind, error);
    }

    [Theory, OverPairs]
    public async Task Disposal_drops_data_that_was_not_read(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("abc");
        Assert.Equal('a', tls.Subject.ReadByte());
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.Throws<ObjectDisposedException>(() => tls.Subject.ReadByte());
        await Calls.FailsAsync<ObjectDisposedException>(() => tls.Subject.ReadAsync(new byte[1]).AsTask());
    }

    [Theory, OverPairs]
    public async Task Data_written_before_disposal_arrives(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        await tls.Subject.SendAsync("last words");
        await tls.Subject.DisposeAsync().WithDeadline();
        await tls.Peer.ExpectAsync("last words");
    }

    [Theory, OverPairs]
    public async Task Disposal_tells_the_peer_that_this_is_the_end(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol }, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        long before = inner.BytesWritten;
        tls.Subject.Dispose();
        Assert.Equal(Differences.CloseNotifyAtDisposal.Of(tls.Kind, ssl: false, s2n: true), inner.BytesWritten > before);
        Assert.Equal(0, await tls.Peer.ReadAsync(new byte[1]).WithDeadline()); // SslStream takes the transport's end for it
    }

    [Theory, OverPairs]
    public async Task Disposal_after_ShutdownAsync_says_nothing_more(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        await tls.SubjectEnd.ShutdownAsync().WithDeadline();
        long before = inner.BytesWritten;
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.Equal(before, inner.BytesWritten);
    }

    [Theory, OverPairs]
    public async Task Disposal_after_the_peer_has_gone_throws_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        tls.PeerEnd.Inner.Dispose();
        await Task.Delay(10);
        tls.Subject.Dispose();
        Assert.False(tls.Subject.CanRead);

        await using Connection other = await Connection.OverTcpAsync(pair);
        other.PeerEnd.Inner.Dispose();
        await other.Subject.DisposeAsync().WithDeadline();
        Assert.False(other.Subject.CanRead);
    }

    [Theory, OverPairs]
    public async Task Disposal_after_the_inner_stream_was_disposed_throws_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        tls.SubjectEnd.Inner.Dispose();
        tls.Subject.Dispose();
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.Throws<ObjectDisposedException>(() => tls.Subject.ReadByte());
    }

    [Theory, OverPairs]
    public async Task Disposal_over_an_inner_stream_that_refuses_writes_throws_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner));
        var inner = (FailingStream)tls.SubjectEnd.Inner;
        inner.OnWrite = new IOException("no");
        inner.OnFlush = new IOException("no");
        tls.Subject.Dispose();
        Assert.Equal(1, inner.DisposeCount);
    }

    [Theory, OverPairs]
    public async Task What_the_inner_streams_disposal_throws_comes_through(Pair pair)
    {
        var failure = new IOException("from below");
        await using Connection sync = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner) { OnDispose = failure });
        Assert.Same(failure, Assert.Throws<IOException>(sync.Subject.Dispose));
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner) { OnDispose = failure });
        Assert.Same(failure, await Calls.FailsAsync<IOException>(() => tls.Subject.DisposeAsync().AsTask()));
    }

    [Theory, OverPairs]
    public async Task Disposal_from_many_threads_at_once_throws_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        using var start = new Barrier(4);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Calls.Blocking(() =>
        {
            start.SignalAndWait(Deadline.Default);
            tls.Subject.Dispose();
        }))).WithDeadline();
        Assert.False(tls.Subject.CanWrite);
    }

    [Theory, OverPairs]
    public async Task Disposal_in_the_continuation_of_a_read_does_not_deadlock(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Task disposal = Task.Run(async () =>
        {
            await tls.Subject.ReadAsync(new byte[4]).ConfigureAwait(false);
            tls.Subject.Dispose();
        });
        await tls.Peer.SendAsync("data");
        await disposal.WithDeadline();
        Assert.Throws<ObjectDisposedException>(() => tls.Subject.ReadByte());
    }

    [Theory, OverPairs]
    public async Task Disposal_of_the_peer_ends_a_pending_read(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Task<int> read = tls.Subject.ReadAsync(new byte[10]).AsTask();
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        await tls.Peer.DisposeAsync().WithDeadline();
        Assert.Equal(0, await read.WithDeadline());
    }

    /// <summary>What SslStream throws depends on who notices the disposal first, it or the inner stream.</summary>
    private static void ExpectEndedByDisposal(Kind kind, Exception error) => Differences.PendingAtDisposal.Differs(
        kind,
        ssl: () => Assert.True(error is IOException or ObjectDisposedException, error.ToString()),
        s2n: () => Assert.IsType<ObjectDisposedException>(error));
}
