namespace S2nTls.Tests.Behaviours;

/// <summary>One reader and one writer may work at the same time; not two of a kind.</summary>
public class Concurrently
{
    [Theory, OverPairs]
    public async Task A_second_read_throws_NotSupportedException_and_harms_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        byte[] buffer = new byte[4];
        Task<int> first = tls.Subject.ReadAsync(buffer).AsTask();
        await Calls.FailsAsync<NotSupportedException>(() => tls.Subject.ReadAsync(new byte[4]).AsTask());
        await Calls.FailsAsync<NotSupportedException>(() => tls.Subject.ReadAsync(new byte[4], 0, 4));
        Assert.False(first.IsCompleted);
        await tls.Peer.SendAsync("data");
        Assert.Equal(4, await first.WithDeadline());
        Assert.Equal("data"u8.ToArray(), buffer);
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task A_synchronous_second_read_throws_NotSupportedException(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Task<int> first = tls.Subject.ReadAsync(new byte[4]).AsTask();
        Assert.Throws<NotSupportedException>(() => tls.Subject.Read(new byte[4], 0, 4));
        Assert.Throws<NotSupportedException>(() => tls.Subject.Read(new byte[4].AsSpan()));
        Assert.Throws<NotSupportedException>(() => tls.Subject.ReadByte());
        await tls.Peer.SendAsync("data");
        Assert.Equal(4, await first.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task A_second_read_into_nothing_throws_NotSupportedException_too(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Task<int> first = tls.Subject.ReadAsync(new byte[4]).AsTask();
        await Calls.FailsAsync<NotSupportedException>(() => tls.Subject.ReadAsync(Memory<byte>.Empty).AsTask());
        await tls.Peer.SendAsync("data");
        Assert.Equal(4, await first.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task A_read_beside_one_into_nothing_throws_NotSupportedException(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Task<int> first = tls.Subject.ReadAsync(Memory<byte>.Empty).AsTask();
        await Calls.FailsAsync<NotSupportedException>(() => tls.Subject.ReadAsync(new byte[4]).AsTask());
        await tls.Peer.SendAsync("data");
        Assert.Equal(0, await first.WithDeadline());
        await tls.Subject.ExpectAsync("data");
    }

    [Theory, OverPairs]
    public async Task A_second_write_throws_NotSupportedException_and_harms_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, pauseAt: 4096);
        byte[] sent = Calls.Pattern(100_000);
        Task first = tls.Subject.WriteAsync(sent).AsTask();
        await Calls.FailsAsync<NotSupportedException>(() => tls.Subject.WriteAsync(new byte[4]).AsTask());
        await Calls.FailsAsync<NotSupportedException>(() => tls.Subject.WriteAsync(new byte[4], 0, 4));
        byte[] received = new byte[sent.Length];
        await tls.Peer.ReadExactlyAsync(received).WithDeadline();
        await first.WithDeadline();
        Assert.Equal(sent, received);
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task A_synchronous_second_write_throws_NotSupportedException(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, pauseAt: 4096);
        Task first = tls.Subject.WriteAsync(new byte[100_000]).AsTask();
        Assert.Throws<NotSupportedException>(() => tls.Subject.Write(new byte[4], 0, 4));
        Assert.Throws<NotSupportedException>(() => tls.Subject.Write(new byte[4].AsSpan()));
        Assert.Throws<NotSupportedException>(() => tls.Subject.WriteByte(1));
        await tls.Peer.ReadExactlyAsync(new byte[100_000]).WithDeadline();
        await first.WithDeadline();
    }

    [Theory, OverPairs]
    public async Task A_second_write_of_nothing_succeeds(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, pauseAt: 4096);
        Task first = tls.Subject.WriteAsync(new byte[100_000]).AsTask();
        await tls.Subject.WriteAsync(ReadOnlyMemory<byte>.Empty).WithDeadline();
        await tls.Peer.ReadExactlyAsync(new byte[100_000]).WithDeadline();
        await first.WithDeadline();
    }

    [Theory, OverPairs]
    public async Task A_write_beside_a_read_that_waits_works(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Task<int> read = tls.Subject.ReadAsync(new byte[4]).AsTask();
        await tls.Subject.SendAsync("question");
        tls.Subject.Write("?"u8);
        await tls.Peer.ExpectAsync("question?");
        Assert.False(read.IsCompleted);
        await tls.Peer.SendAsync("data");
        Assert.Equal(4, await read.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task A_read_beside_a_write_that_waits_works(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, pauseAt: 4096);
        Task write = tls.Subject.WriteAsync(new byte[100_000]).AsTask();
        await tls.Peer.SendAsync("data");
        await tls.Subject.ExpectAsync("data");
        Assert.False(write.IsCompleted);
        await tls.Peer.ReadExactlyAsync(new byte[100_000]).WithDeadline();
        await write.WithDeadline();
    }

    [Theory, OverPairs]
    public async Task A_synchronous_read_and_a_synchronous_write_work_beside_each_other(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        Task<int> read = Calls.Blocking(() => tls.Subject.Read(new byte[4], 0, 4));
        await Task.Delay(10);
        await Calls.Blocking(() => tls.Subject.Write("question"u8)).WithDeadline();
        await tls.Peer.ExpectAsync("question");
        await tls.Peer.SendAsync("data");
        Assert.Equal(4, await read.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task Large_data_flows_in_both_directions_at_once(Pair pair, System.Security.Authentication.SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        byte[] up = Calls.Pattern(1_000_000);
        byte[] down = Calls.Pattern(1_100_000);
        byte[] upReceived = new byte[up.Length];
        byte[] downReceived = new byte[down.Length];
        await Task.WhenAll(
            Task.Run(() => tls.Subject.WriteAsync(up).AsTask()),
            Task.Run(() => tls.Peer.WriteAsync(down).AsTask()),
            Task.Run(() => tls.Peer.ReadExactlyAsync(upReceived).AsTask()),
            Task.Run(() => tls.Subject.ReadExactlyAsync(downReceived).AsTask())).WithDeadline();
        Assert.True(up.AsSpan().SequenceEqual(upReceived));
        Assert.True(down.AsSpan().SequenceEqual(downReceived));
    }

    [Theory, OverPairs]
    public async Task Reads_may_come_from_a_different_thread_each_time(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        for (int i = 0; i < 10; i++)
        {
            await tls.Peer.WriteAsync(new byte[] { (byte)i }).WithDeadline();
            Assert.Equal(i, await Calls.Blocking(() => tls.Subject.ReadByte()).WithDeadline());
        }
    }

    [Theory, OverPairs]
    public async Task A_flush_beside_a_read_and_a_write_works(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        Task<int> read = tls.Subject.ReadAsync(new byte[4]).AsTask();
        await tls.Subject.FlushAsync().WithDeadline();
        tls.Subject.Flush();
        await tls.Peer.SendAsync("data");
        Assert.Equal(4, await read.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task Properties_can_be_asked_beside_a_read_and_a_write(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, pauseAt: 4096);
        Task<int> read = tls.Subject.ReadAsync(new byte[4]).AsTask();
        Task write = tls.Subject.WriteAsync(new byte[100_000]).AsTask();
        foreach (Func<TlsEnd, Task> question in StageCalls.Questions.Values)
        {
            await question(tls.SubjectEnd).WithDeadline();
        }

        Assert.True(tls.Subject.IsAuthenticated && tls.Subject.CanRead && tls.Subject.CanWrite);
        Assert.False(read.IsCompleted || write.IsCompleted);
        await tls.Peer.ReadExactlyAsync(new byte[100_000]).WithDeadline();
        await write.WithDeadline();
        await tls.Peer.SendAsync("data");
        Assert.Equal(4, await read.WithDeadline());
    }
}
