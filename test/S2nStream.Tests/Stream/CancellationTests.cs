using System.Diagnostics;
using System.Security.Authentication;

namespace S2nTls.Tests.Streams;

public class CancellationTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(20);

    [Theory]
    [InlineData("tcp")]
    [InlineData("pipes")]
    [InlineData("forgetful")]
    public async Task A_cancelled_read_loses_nothing(string transport)
    {
        await using TlsPair pair = await ConnectAsync(transport);
        byte[] buffer = new byte[100];
        for (int round = 0; round < 5; round++)
        {
            using var cancel = new CancellationTokenSource();
            Task<int> read = pair.Server.ReadAsync(buffer, cancel.Token).AsTask();
            Assert.False(read.IsCompleted);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WithDeadline());

            byte[] sent = [(byte)round, 1, 2, 3];
            await pair.Client.WriteAsync(sent).WithDeadline();
            Assert.Equal(4, await pair.Server.ReadAsync(buffer).WithDeadline());
            Assert.Equal(sent, buffer[..4]);
        }
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("pipes")]
    [InlineData("forgetful")]
    public async Task Reads_cancelled_at_random_moments_lose_and_repeat_nothing(string transport)
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        await using TlsPair pair = await ConnectAsync(transport);
        byte[] sent = new byte[300_000];
        random.NextBytes(sent);
        Task write = Task.Run(async () =>
        {
            var sizes = new Random(seed + 1);
            for (int at = 0; at < sent.Length;)
            {
                int size = Math.Min(sizes.Next(1, 5000), sent.Length - at);
                await pair.Client.WriteAsync(sent.AsMemory(at, size));
                at += size;
                await Task.Delay(sizes.Next(4) == 0 ? 1 : 0); // now and then a reader has to wait
            }

            await pair.Client.ShutdownWriteAsync();
        });

        using var received = new MemoryStream();
        byte[] buffer = new byte[3000];
        int cancelled = 0;
        while (true)
        {
            using var cancel = new CancellationTokenSource();
            Task cancelling = random.Next(2) == 0 ? CancelAfterAsync(cancel, TimeSpan.FromMicroseconds(random.Next(200))) : Task.CompletedTask;
            try
            {
                int count = await pair.Server.ReadAsync(buffer, cancel.Token).WithDeadline();
                if (count == 0)
                {
                    break;
                }

                received.Write(buffer, 0, count);
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }

            await cancelling.WithDeadline();
        }

        await write.WithDeadline();
        Assert.True(sent.AsSpan().SequenceEqual(received.ToArray()), $"seed {seed}, {cancelled} reads cancelled");
        Assert.NotEqual(0, cancelled);
    }

    /// <summary>Shorter than any timer: on another thread, in the middle of the read.</summary>
    private static Task CancelAfterAsync(CancellationTokenSource cancel, TimeSpan time) => Task.Run(() =>
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < time;)
        {
            Thread.SpinWait(10);
        }

        cancel.Cancel();
    });

    [Fact]
    public async Task A_synchronous_read_after_a_cancelled_one_gets_its_bytes()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        using var cancel = new CancellationTokenSource();
        Task<int> read = pair.Server.ReadAsync(new byte[10], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WithDeadline());

        Task<int> blocking = Task.Factory.StartNew(pair.Server.ReadByte, TaskCreationOptions.LongRunning);
        await Task.Delay(s_moment);
        await pair.Client.WriteAsync("x"u8.ToArray());
        Assert.Equal('x', await blocking.WithDeadline());
    }

    [Fact]
    public async Task A_call_with_a_cancelled_token_does_nothing()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Client.ReadAsync(new byte[1], cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Client.WriteAsync(new byte[1], cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Client.ShutdownWriteAsync(cancelled));
        await pair.Client.WriteAsync("only"u8.ToArray());
        await pair.Client.ShutdownWriteAsync();
        Assert.Equal("only", await new StreamReader(pair.Server).ReadToEndAsync().WithDeadline());
    }

    [Theory]
    [InlineData("small pipe", SslProtocols.Tls13)]
    [InlineData("small pipe", SslProtocols.Tls12)]
    [InlineData("bare pipe", SslProtocols.Tls13)]
    [InlineData("tcp", SslProtocols.Tls13)]
    public async Task After_a_cancelled_write_the_peer_has_a_whole_prefix_and_the_next_write_follows_it(string transport, SslProtocols protocol)
    {
        int seed = Environment.TickCount;
        await using TlsPair pair = transport switch
        {
            "tcp" => await TlsPair.OverTcpAsync(protocol),
            "bare pipe" => await TlsPair.OverPipesAsync(protocol, pauseAt: 4096),
            _ => await TlsPair.InMemoryAsync(protocol, pauseAt: 4096),
        };
        byte[] data = new byte[32 * 1024 * 1024]; // more than loopback's buffers hold
        new Random(seed).NextBytes(data);

        using var cancel = new CancellationTokenSource();
        Task write = pair.Client.WriteAsync(data, cancel.Token).AsTask();
        await Task.Delay(s_moment);
        Assert.False(write.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.WithDeadline());

        // A marker that the random data does not contain follows; then the end.
        byte[] marker = "-- the next write --"u8.ToArray();
        Task next = Task.Run(async () =>
        {
            await pair.Client.WriteAsync(marker);
            await pair.Client.ShutdownWriteAsync();
        });
        using var received = new MemoryStream();
        await pair.Server.CopyToAsync(received).WithDeadline();
        await next.WithDeadline();

        byte[] all = received.ToArray();
        Assert.True(all.AsSpan().EndsWith(marker), $"seed {seed}");
        ReadOnlySpan<byte> prefix = all.AsSpan(0, all.Length - marker.Length);
        Assert.True(data.AsSpan().StartsWith(prefix), $"seed {seed}: {prefix.Length} bytes are not the data's first");
        Assert.True(prefix.Length < data.Length);
    }

    [Fact]
    public async Task A_cancelled_handshake_ends_at_once_and_the_stream_is_unusable()
    {
        (Stream client, _) = DuplexPipe.CreateStreams();
        await using var stream = new S2nStream(client);
        using var cancel = new CancellationTokenSource();
        Task handshake = stream.AuthenticateAsClientAsync(TestContexts.Client, "localhost", cancel.Token);
        Assert.False(handshake.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake.WithDeadline());
        Assert.False(stream.IsAuthenticated);
        await Assert.ThrowsAnyAsync<Exception>(() => stream.AuthenticateAsClientAsync(TestContexts.Client, "localhost").WithDeadline());
    }

    private static async Task<TlsPair> ConnectAsync(string transport)
    {
        switch (transport)
        {
            case "tcp":
                return await TlsPair.OverTcpAsync();
            case "pipes":
                return await TlsPair.OverPipesAsync();
            default:
                (Stream client, Stream server) = await TcpPair.ConnectAsync();
                return await TlsPair.OverAsync(client, new ForgetfulStream(server));
        }
    }

    /// <summary>Loses what it has read when its reader is cancelled: allowed by Stream's contract, and fatal to TLS.</summary>
    private sealed class ForgetfulStream(Stream inner) : WrappedStream(inner)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await Inner.ReadAsync(buffer, CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return count;
        }
    }
}
