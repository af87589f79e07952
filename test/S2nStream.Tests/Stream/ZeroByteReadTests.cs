using System.Net.Sockets;

namespace S2nTls.Tests.Streams;

public class ZeroByteReadTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_waits_for_data_and_takes_none(bool overTcp)
    {
        await using TlsPair pair = overTcp ? await TlsPair.OverTcpAsync() : await TlsPair.OverPipesAsync();
        Task<int> wait = pair.Server.ReadAsync(Memory<byte>.Empty).AsTask();
        await Task.Delay(20);
        Assert.False(wait.IsCompleted);
        await pair.Client.WriteAsync("data"u8.ToArray());
        Assert.Equal(0, await wait.WithDeadline());
        Assert.True(pair.Server.DataAvailable);
        Assert.Equal(0, await pair.Server.ReadAsync(Memory<byte>.Empty).WithDeadline()); // returns at once now
        byte[] buffer = new byte[10];
        Assert.Equal(4, await pair.Server.ReadAsync(buffer).WithDeadline());
        Assert.Equal("data"u8.ToArray(), buffer[..4]);
    }

    [Fact]
    public async Task It_holds_no_buffer_while_it_waits()
    {
        (Stream client, Stream server) = DuplexPipe.CreateStreams();
        var recording = new RecordingStream(server);
        await using TlsPair pair = await TlsPair.OverAsync(client, recording);
        recording.Sizes.Clear();
        Task<int> wait = pair.Server.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.Equal([0], recording.Sizes); // the pending inner read is of zero bytes
        await pair.Client.WriteAsync("x"u8.ToArray());
        Assert.Equal(0, await wait.WithDeadline());
    }

    [Fact]
    public async Task It_ends_at_the_peers_end_and_at_an_error()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        Task<int> wait = pair.Server.ReadAsync(Memory<byte>.Empty).AsTask();
        await pair.Client.ShutdownWriteAsync();
        Assert.Equal(0, await wait.WithDeadline());

        wait = pair.Client.ReadAsync(Memory<byte>.Empty).AsTask();
        pair.InnerServer!.Dispose();
        await Assert.ThrowsAsync<S2nException>(() => wait.WithDeadline());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_read_from_a_connection_that_was_reset_fails_without_a_wait(int size)
    {
        (NetworkStream clientEnd, NetworkStream serverEnd) = await TcpPair.ConnectAsync();
        await using TlsPair pair = await TlsPair.OverAsync(clientEnd, serverEnd);
        serverEnd.Socket.LingerState = new LingerOption(true, 0);
        serverEnd.Socket.Dispose();
        Assert.True(clientEnd.Socket.Poll(Deadline.Default, SelectMode.SelectRead)); // that it was has arrived
        Task<int> read = pair.Client.ReadAsync(new byte[size]).AsTask();
        Assert.True(read.IsFaulted); // so a pool sees, without waiting, that the connection is dead
        await Assert.ThrowsAsync<IOException>(() => read);
    }

    [Fact]
    public async Task A_cancelled_one_is_followed_by_a_real_read()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        using var cancel = new CancellationTokenSource();
        Task<int> wait = pair.Server.ReadAsync(Memory<byte>.Empty, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WithDeadline());
        byte[] buffer = new byte[10];
        Task<int> read = pair.Server.ReadAsync(buffer).AsTask();
        await pair.Client.WriteAsync("after"u8.ToArray());
        Assert.Equal(5, await read.WithDeadline());
    }

    [Fact]
    public async Task A_synchronous_one_waits_too()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        Task<int> wait = Task.Factory.StartNew(() => pair.Server.Read([]), TaskCreationOptions.LongRunning);
        await Task.Delay(20);
        Assert.False(wait.IsCompleted);
        await pair.Client.WriteAsync("x"u8.ToArray());
        Assert.Equal(0, await wait.WithDeadline());
        Assert.Equal('x', pair.Server.ReadByte());
    }

    private sealed class RecordingStream(Stream inner) : WrappedStream(inner)
    {
        public List<int> Sizes { get; } = [];

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Sizes.Add(buffer.Length);
            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
