namespace S2nTls.Tests.Behaviours;

/// <summary>Reads into empty buffers: they wait for data and take none.</summary>
public class ReadingNothing
{
    [Theory, OverPairs]
    public async Task ReadAsync_into_nothing_waits_for_data(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Task<int> read = tls.Subject.ReadAsync(Memory<byte>.Empty).AsTask();
        await Task.Delay(20);
        Assert.False(read.IsCompleted);
        await tls.Peer.SendAsync("data");
        Assert.Equal(0, await read.WithDeadline());
        await tls.Subject.ExpectAsync("data");
    }

    [Theory, OverPairs]
    public async Task ReadAsync_of_an_array_into_nothing_waits_for_data(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Task<int> read = tls.Subject.ReadAsync(new byte[5], 5, 0, CancellationToken.None);
        await Task.Delay(20);
        Assert.False(read.IsCompleted);
        await tls.Peer.SendAsync("data");
        Assert.Equal(0, await read.WithDeadline());
        await tls.Subject.ExpectAsync("data");
    }

    [Theory, OverPairs]
    public async Task Read_into_nothing_takes_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("data");
        Assert.Equal(0, tls.Subject.Read([]));
        Assert.Equal(0, tls.Subject.Read([], 0, 0));
        await tls.Subject.ExpectAsync("data");
    }

    [Theory, OverPairs]
    public async Task Read_into_nothing_waits_for_data(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        Task<int> read = Calls.Blocking(() => tls.Subject.Read(Span<byte>.Empty));
        await Task.Delay(20);
        Assert.False(read.IsCompleted);
        await tls.Peer.SendAsync("data");
        Assert.Equal(0, await read.WithDeadline());
        await tls.Subject.ExpectAsync("data");
    }

    [Theory, OverPairs]
    public async Task While_there_is_decrypted_data_it_returns_at_once(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("abc");
        Assert.Equal('a', tls.Subject.ReadByte());
        for (int i = 0; i < 3; i++)
        {
            ValueTask<int> read = tls.Subject.ReadAsync(Memory<byte>.Empty);
            Assert.True(read.IsCompletedSuccessfully);
            Assert.Equal(0, await read);
        }

        await tls.Subject.ExpectAsync("bc");
    }

    [Theory, OverPairs]
    public async Task The_peers_end_ends_the_wait(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Task<int> read = tls.Subject.ReadAsync(Memory<byte>.Empty).AsTask();
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        Assert.Equal(0, await read.WithDeadline());
        Assert.Equal(0, await tls.Subject.ReadAsync(new byte[1]).WithDeadline());
    }

    [Theory, OverPairs]
    public async Task BeginRead_into_nothing_waits_for_data(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        IAsyncResult read = tls.Subject.BeginRead([], 0, 0, null, null);
        Assert.False(read.IsCompleted);
        await tls.Peer.SendAsync("data");
        Assert.Equal(0, await Task.Run(() => tls.Subject.EndRead(read)).WithDeadline());
        await tls.Subject.ExpectAsync("data");
    }

    [Theory, OverPairs]
    public async Task A_wait_that_is_cancelled_takes_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        using var cancel = new CancellationTokenSource();
        Task<int> read = tls.Subject.ReadAsync(Memory<byte>.Empty, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Calls.FailsAsync<OperationCanceledException>(() => read);
        await tls.Peer.SendAsync("data");
        await tls.Subject.ExpectAsync("data");
    }
}
