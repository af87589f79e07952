namespace S2nTls.Tests.Behaviours;

/// <summary>The Begin/End pattern.</summary>
public class Apm
{
    [Theory, OverPairs]
    public async Task BeginRead_and_EndRead_give_what_the_peer_wrote(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        byte[] buffer = Calls.Bytes("--------");
        IAsyncResult read = tls.Subject.BeginRead(buffer, 2, 4, null, null);
        await tls.Peer.SendAsync("data");
        Assert.Equal(4, await Task.Run(() => tls.Subject.EndRead(read)).WithDeadline());
        Assert.Equal("--data--"u8.ToArray(), buffer);
    }

    [Theory, OverPairs]
    public async Task BeginWrite_and_EndWrite_reach_the_peer(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        IAsyncResult write = tls.Subject.BeginWrite(Calls.Bytes("--data--"), 2, 4, null, null);
        await Task.Run(() => tls.Subject.EndWrite(write)).WithDeadline();
        await tls.Peer.ExpectAsync("data");
    }

    [Theory, OverPairs]
    public async Task A_reads_callback_is_called_with_its_result_and_state(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        object state = new();
        var called = new TaskCompletionSource<IAsyncResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        IAsyncResult read = tls.Subject.BeginRead(new byte[10], 0, 10, called.SetResult, state);
        Assert.Same(state, read.AsyncState);
        await tls.Peer.SendAsync("data");
        IAsyncResult seen = await called.Task.WithDeadline();
        Assert.Same(state, seen.AsyncState);
        Assert.True(seen.IsCompleted);
        Assert.Equal(4, tls.Subject.EndRead(seen));
    }

    [Theory, OverPairs]
    public async Task A_writes_callback_is_called_with_its_result_and_state(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        object state = new();
        var called = new TaskCompletionSource<IAsyncResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        tls.Subject.BeginWrite(Calls.Bytes("data"), 0, 4, called.SetResult, state);
        IAsyncResult seen = await called.Task.WithDeadline();
        Assert.Same(state, seen.AsyncState);
        tls.Subject.EndWrite(seen);
        await tls.Peer.ExpectAsync("data");
    }

    [Theory, OverPairs]
    public async Task A_read_of_what_is_there_says_that_it_completed_synchronously(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("ab");
        Assert.Equal('a', tls.Subject.ReadByte());
        bool calledBack = false;
        IAsyncResult read = tls.Subject.BeginRead(new byte[1], 0, 1, result => calledBack = result.CompletedSynchronously, null);
        Assert.True(read.CompletedSynchronously);
        Assert.True(read.IsCompleted);
        Assert.True(calledBack);
        Assert.Equal(1, tls.Subject.EndRead(read));
    }

    [Theory, OverPairs]
    public async Task A_read_that_waits_says_that_it_did_not_complete_synchronously(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        IAsyncResult read = tls.Subject.BeginRead(new byte[1], 0, 1, null, null);
        Assert.False(read.CompletedSynchronously);
        Assert.False(read.IsCompleted);
        await tls.Peer.SendAsync("a");
        Assert.True(read.AsyncWaitHandle.WaitOne(Deadline.Default));
        Assert.False(read.CompletedSynchronously);
        Assert.Equal(1, tls.Subject.EndRead(read));
    }

    [Theory, OverPairs]
    public async Task EndRead_waits_for_the_read(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        IAsyncResult read = tls.Subject.BeginRead(new byte[1], 0, 1, null, null);
        Task<int> end = Calls.Blocking(() => tls.Subject.EndRead(read));
        await Task.Delay(20);
        Assert.False(end.IsCompleted);
        await tls.Peer.SendAsync("a");
        Assert.Equal(1, await end.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task EndRead_gives_the_same_again_if_it_is_called_twice(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("abc");
        IAsyncResult read = tls.Subject.BeginRead(new byte[3], 0, 3, null, null);
        Assert.Equal(3, await Task.Run(() => tls.Subject.EndRead(read)).WithDeadline());
        Assert.Equal(3, tls.Subject.EndRead(read));
    }

    [Theory, OverPairs]
    public async Task EndWrite_does_nothing_the_second_time(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        IAsyncResult write = tls.Subject.BeginWrite(Calls.Bytes("abc"), 0, 3, null, null);
        await Task.Run(() => tls.Subject.EndWrite(write)).WithDeadline();
        tls.Subject.EndWrite(write);
        await tls.Peer.ExpectAsync("abc");
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task End_with_null_throws_ArgumentNullException(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Assert.Equal("asyncResult", Assert.Throws<ArgumentNullException>(() => tls.Subject.EndRead(null!)).ParamName);
        Assert.Equal("asyncResult", Assert.Throws<ArgumentNullException>(() => tls.Subject.EndWrite(null!)).ParamName);
    }

    [Theory, OverPairs]
    public async Task End_with_a_result_of_something_else_throws_ArgumentException(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        var foreign = new Foreign();
        Assert.Throws<ArgumentException>(() => tls.Subject.EndRead(foreign));
        Assert.Throws<ArgumentException>(() => tls.Subject.EndWrite(foreign));
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task EndRead_with_a_writes_result_throws_ArgumentException(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        IAsyncResult write = tls.Subject.BeginWrite(Calls.Bytes("abc"), 0, 3, null, null);
        Assert.Throws<ArgumentException>(() => tls.Subject.EndRead(write));
        tls.Subject.EndWrite(write);
    }

    [Theory, OverPairs]
    public async Task What_a_read_throws_comes_from_EndRead(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner));
        var failure = new IOException("from below");
        ((FailingStream)tls.SubjectEnd.Inner).OnRead = failure;
        IAsyncResult read = tls.Subject.BeginRead(new byte[1], 0, 1, null, null);
        Assert.Same(failure, await Calls.FailsAsync<IOException>(() => Task.Run(() => tls.Subject.EndRead(read))));
    }

    [Theory, OverPairs]
    public async Task What_a_write_throws_comes_from_EndWrite(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner));
        var failure = new IOException("from below");
        ((FailingStream)tls.SubjectEnd.Inner).OnWrite = failure;
        IAsyncResult write = tls.Subject.BeginWrite(new byte[1], 0, 1, null, null);
        Assert.Same(failure, await Calls.FailsAsync<IOException>(() => Task.Run(() => tls.Subject.EndWrite(write))));
    }

    [Theory, OverPairs]
    public async Task FromAsync_makes_tasks_of_them(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await Task.Factory.FromAsync(tls.Subject.BeginWrite, tls.Subject.EndWrite, Calls.Bytes("ping"), 0, 4, null).WithDeadline();
        await tls.Peer.ExpectAsync("ping");
        Task<int> read = Task<int>.Factory.FromAsync(tls.Subject.BeginRead, tls.Subject.EndRead, new byte[10], 0, 10, null);
        await tls.Peer.SendAsync("pong!");
        Assert.Equal(5, await read.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task A_chain_of_callbacks_can_read_to_the_end(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        var done = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var text = new System.Text.StringBuilder();
        byte[] buffer = new byte[3];
        void Next(IAsyncResult result)
        {
            int count = tls.Subject.EndRead(result);
            if (count == 0)
            {
                done.SetResult(text.ToString());
                return;
            }

            text.Append(System.Text.Encoding.ASCII.GetString(buffer, 0, count));
            tls.Subject.BeginRead(buffer, 0, buffer.Length, Next, null);
        }

        tls.Subject.BeginRead(buffer, 0, buffer.Length, Next, null);
        await tls.Peer.SendAsync("a chain of ");
        await tls.Peer.SendAsync("callbacks");
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        Assert.Equal("a chain of callbacks", await done.Task.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task After_disposal_End_throws_ObjectDisposedException_for_a_read_that_was_over_before(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("abc");
        IAsyncResult read = tls.Subject.BeginRead(new byte[3], 0, 3, null, null);
        Assert.True(read.AsyncWaitHandle.WaitOne(Deadline.Default));
        await tls.Subject.DisposeAsync().WithDeadline();
        await Calls.FailsAsync<ObjectDisposedException>(() => Task.Run(() => tls.Subject.EndRead(read)));
    }

    private sealed class Foreign : IAsyncResult
    {
        public object? AsyncState => null;

        public WaitHandle AsyncWaitHandle { get; } = new ManualResetEvent(true);

        public bool CompletedSynchronously => true;

        public bool IsCompleted => true;
    }
}
