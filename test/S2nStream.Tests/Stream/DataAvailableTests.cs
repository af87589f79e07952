using System.Security.Authentication;

namespace S2nTls.Tests.Streams;

public class DataAvailableTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task It_is_true_exactly_when_a_read_returns_data_without_touching_the_inner_stream(SslProtocols protocol)
    {
        (Stream client, Stream server) = DuplexPipe.CreateStreams();
        var guarded = new GuardedStream(server);
        await using TlsPair pair = await TlsPair.OverAsync(client, guarded, protocol);
        Assert.False(pair.Server.DataAvailable);

        // Three records, the first read takes part of the first: the rest came along in one inner read.
        await pair.Client.WriteAsync(new byte[100]);
        await pair.Client.WriteAsync(new byte[200]);
        await pair.Client.WriteAsync(new byte[300]);
        Assert.False(pair.Server.DataAvailable); // it does not read from the inner stream to find out
        byte[] buffer = new byte[60];
        Assert.Equal(60, await pair.Server.ReadAsync(buffer).WithDeadline());

        guarded.ReadsAreForbidden = true;
        int total = 60;
        while (pair.Server.DataAvailable)
        {
            total += await pair.Server.ReadAsync(buffer).WithDeadline();
        }

        Assert.Equal(600, total);
        await Assert.ThrowsAsync<IOException>(() => pair.Server.ReadAsync(buffer).WithDeadline()); // now it would touch it
    }

    [Fact]
    public async Task Available_counts_the_bytes_that_are_decrypted()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        await pair.Client.WriteAsync(new byte[100]);
        Assert.Equal(0, pair.Server.Available);
        Assert.Equal(40, await pair.Server.ReadAsync(new byte[40]).WithDeadline());
        Assert.Equal(60, pair.Server.Available);
        Assert.True(pair.Server.DataAvailable);
        Assert.Equal(60, pair.Server.Available);
        Assert.Equal(60, await pair.Server.ReadAsync(new byte[100]).WithDeadline());
        Assert.Equal(0, pair.Server.Available);
    }

    [Fact]
    public async Task A_closing_alert_is_not_data()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        await pair.Client.WriteAsync("x"u8.ToArray());
        await pair.Client.ShutdownWriteAsync();
        Assert.Equal(1, await pair.Server.ReadAsync(new byte[1]).WithDeadline());
        Assert.False(pair.Server.DataAvailable);
        Assert.Equal(0, await pair.Server.ReadAsync(new byte[1]).WithDeadline());
    }

    [Fact]
    public async Task A_corrupted_record_is_not_data_and_the_next_read_says_what_it_is()
    {
        (Stream client, Stream server) = DuplexPipe.CreateStreams();
        var corrupting = new CorruptingStream(client);
        await using TlsPair pair = await TlsPair.OverAsync(corrupting, server);
        await pair.Client.WriteAsync("good"u8.ToArray());
        corrupting.Corrupts = true;
        await pair.Client.WriteAsync("bad"u8.ToArray());
        Assert.Equal(2, await pair.Server.ReadAsync(new byte[2]).WithDeadline());
        Assert.True(pair.Server.DataAvailable);
        Assert.Equal(2, await pair.Server.ReadAsync(new byte[2]).WithDeadline());
        Assert.False(pair.Server.DataAvailable);
        await Assert.ThrowsAsync<S2nException>(() => pair.Server.ReadAsync(new byte[2]).WithDeadline());
        Assert.False(pair.Server.DataAvailable);
    }

    [Fact]
    public async Task Asking_all_the_time_disturbs_no_reader()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        using var stop = new CancellationTokenSource();
        Task asking = Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    _ = pair.Server.DataAvailable;
                    _ = pair.Server.Available;
                }
            },
            TaskCreationOptions.LongRunning);

        byte[] sent = new byte[2_000_000];
        Random.Shared.NextBytes(sent);
        Task write = Task.Run(async () =>
        {
            foreach (byte[] piece in sent.Chunk(3000))
            {
                await pair.Client.WriteAsync(piece);
            }
        });
        byte[] received = new byte[sent.Length];
        await pair.Server.ReadExactlyAsync(received).WithDeadline();
        await stop.CancelAsync();
        await Task.WhenAll(asking, write).WithDeadline();
        Assert.Equal(sent, received);
    }

    private sealed class GuardedStream(Stream inner) : WrappedStream(inner)
    {
        public bool ReadsAreForbidden { get; set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ReadsAreForbidden ? throw new IOException("a read of the inner stream") : base.ReadAsync(buffer, cancellationToken);
    }

    private sealed class CorruptingStream(Stream inner) : WrappedStream(inner)
    {
        public bool Corrupts { get; set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            byte[] copy = buffer.ToArray();
            copy[^1] ^= (byte)(Corrupts ? 1 : 0);
            return base.WriteAsync(copy, cancellationToken);
        }
    }
}
