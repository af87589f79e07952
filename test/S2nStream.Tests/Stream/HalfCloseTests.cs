using System.Security.Authentication;

namespace S2nTls.Tests.Streams;

public class HalfCloseTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_half_close_reads_go_on_until_the_peers_end(bool synchronous)
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        await pair.Client.WriteAsync("question"u8.ToArray());
        if (synchronous)
        {
            pair.Client.ShutdownWrite();
        }
        else
        {
            await pair.Client.ShutdownWriteAsync().WithDeadline();
        }

        // The server answers only once it has seen the client's end.
        Assert.Equal("question", await new StreamReader(pair.Server, leaveOpen: true).ReadToEndAsync().WithDeadline());
        byte[] answer = new byte[100_000];
        Random.Shared.NextBytes(answer);
        Task send = Task.Run(async () =>
        {
            await pair.Server.WriteAsync(answer);
            await pair.Server.ShutdownWriteAsync();
        });
        using var received = new MemoryStream();
        await pair.Client.CopyToAsync(received).WithDeadline();
        await send.WithDeadline();
        Assert.Equal(answer, received.ToArray());
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task After_a_half_close_writes_throw_and_a_second_one_does_nothing(SslProtocols protocol)
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync(protocol);
        Assert.True(pair.Client.CanWrite);
        await pair.Client.ShutdownAsync().WithDeadline();
        Assert.False(pair.Client.CanWrite);
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Client.WriteAsync(new byte[1]).WithDeadline());
        Assert.Throws<InvalidOperationException>(() => pair.Client.Write(new byte[1], 0, 1));
        Assert.Throws<InvalidOperationException>(() => pair.Client.WriteByte(1));
        await pair.Client.ShutdownWriteAsync().WithDeadline();
        pair.Client.ShutdownWrite();
        Assert.True(pair.Client.CanRead);
    }

    [Fact]
    public async Task A_half_close_waits_for_the_write_before_it()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(pauseAt: 4096);
        byte[] data = new byte[1_000_000];
        Random.Shared.NextBytes(data);
        Task write = pair.Client.WriteAsync(data).AsTask();
        Task close = pair.Client.ShutdownWriteAsync();
        Assert.False(write.IsCompleted);
        Assert.False(close.IsCompleted);
        using var received = new MemoryStream();
        await pair.Server.CopyToAsync(received).WithDeadline();
        await Task.WhenAll(write, close).WithDeadline();
        Assert.Equal(data, received.ToArray());
    }

    [Fact]
    public async Task A_half_close_cancelled_before_its_turn_leaves_the_write_side_open()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(pauseAt: 4096);
        byte[] data = new byte[1_000_000];
        Task write = pair.Client.WriteAsync(data).AsTask();
        using var cancel = new CancellationTokenSource();
        Task close = pair.Client.ShutdownWriteAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => close.WithDeadline());
        Task read = pair.Server.ReadExactlyAsync(new byte[data.Length]).AsTask();
        await Task.WhenAll(write, read).WithDeadline();
        Assert.True(pair.Client.CanWrite);
        await pair.Client.WriteAsync("more"u8.ToArray()).WithDeadline();
    }

    [Fact]
    public async Task A_half_close_during_a_pending_read_leaves_the_read_waiting()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        byte[] buffer = new byte[10];
        Task<int> read = pair.Client.ReadAsync(buffer).AsTask();
        await pair.Client.ShutdownWriteAsync().WithDeadline();
        Assert.False(read.IsCompleted);
        await pair.Server.WriteAsync("late"u8.ToArray());
        Assert.Equal(4, await read.WithDeadline());
    }

    [Fact]
    public async Task On_tls_1_2_a_half_close_works_during_a_pending_read_and_the_peers_end_ends_it()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync(SslProtocols.Tls12);
        Task<int> read = pair.Client.ReadAsync(new byte[10]).AsTask();
        await pair.Client.ShutdownWriteAsync().WithDeadline();
        Assert.Equal(0, await pair.Server.ReadAsync(new byte[10]).WithDeadline());
        await pair.Server.ShutdownWriteAsync().WithDeadline();
        Assert.Equal(0, await read.WithDeadline());
    }

    [Fact]
    public async Task On_tls_1_2_data_after_a_half_close_is_reported_as_lost()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync(SslProtocols.Tls12);
        await pair.Client.ShutdownWriteAsync().WithDeadline();
        await pair.Server.WriteAsync("too late"u8.ToArray()); // before it has read the client's end
        var error = await Assert.ThrowsAsync<S2nException>(() => pair.Client.ReadAsync(new byte[10]).WithDeadline());
        Assert.Equal(S2nErrorType.Closed, error.ErrorType);
    }
}
