namespace S2nTls.Tests.Behaviours;

public class Flushing
{
    [Theory, OverPairs]
    public async Task A_write_reaches_the_peer_without_a_flush(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        int before = inner.Flushes + inner.AsyncFlushes;
        await tls.Subject.SendAsync("data");
        await tls.Peer.ExpectAsync("data");
        Assert.Equal(before, inner.Flushes + inner.AsyncFlushes);
    }

    [Theory, OverPairs]
    public async Task Flush_flushes_the_inner_stream(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        int before = inner.Flushes;
        tls.Subject.Flush();
        Assert.Equal(before + 1, inner.Flushes);
    }

    [Theory, OverPairs]
    public async Task FlushAsync_flushes_the_inner_stream_and_hands_its_token_on(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        using var cancel = new CancellationTokenSource();
        int before = inner.AsyncFlushes;
        await tls.Subject.FlushAsync(cancel.Token).WithDeadline();
        Assert.Equal(before + 1, inner.AsyncFlushes);
        Assert.Equal(cancel.Token, inner.Token);
        await tls.Subject.FlushAsync().WithDeadline();
        Assert.Equal(before + 2, inner.AsyncFlushes);
    }

    [Theory, OverPairs]
    public async Task A_flush_sends_nothing_of_its_own(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        long before = inner.BytesWritten;
        tls.Subject.Flush();
        await tls.Subject.FlushAsync().WithDeadline();
        Assert.Equal(before, inner.BytesWritten);
        await tls.ExpectAliveAsync();
    }

    [Theory, OverKinds]
    public async Task Before_authentication_a_flush_flushes_the_inner_stream(Kind kind)
    {
        var inner = new CountingStream(DuplexPipe.CreateStreams().Client);
        await using Stream stream = StreamKind.Of(kind).Create(inner).Stream;
        stream.Flush();
        await stream.FlushAsync().WithDeadline();
        Assert.Equal(1, inner.Flushes);
        Assert.Equal(1, inner.AsyncFlushes);
    }

    [Theory, OverPairs]
    public async Task FlushAsync_with_a_cancelled_token_does_what_the_inner_stream_does(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await Calls.FailsAsync<OperationCanceledException>(() => tls.Subject.FlushAsync(new CancellationToken(canceled: true)));
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task After_disposal_a_flush_of_an_inner_stream_that_was_left_open_is_refused(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, leaveOpen: true);
        await tls.Subject.DisposeAsync().WithDeadline();
        await Differences.FlushAfterDisposal.DiffersAsync(
            tls.Kind,
            ssl: async () =>
            {
                tls.Subject.Flush();
                await tls.Subject.FlushAsync().WithDeadline();
            },
            s2n: async () =>
            {
                Assert.Throws<ObjectDisposedException>(tls.Subject.Flush);
                await Calls.FailsAsync<ObjectDisposedException>(() => tls.Subject.FlushAsync());
            });
    }
}
