using System.Security.Authentication;
using System.Security.Cryptography;

namespace S2nTls.Tests.Streams;

public class FullDuplexTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls13, false)]
    [InlineData(SslProtocols.Tls13, true)]
    public async Task Both_directions_carry_data_at_the_same_time(SslProtocols protocol, bool synchronous)
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync(protocol);
        const int Length = 8 * 1024 * 1024;
        int seed = Environment.TickCount;
        Task<byte[]>[] hashes =
        [
            RunAsync(() => Send(pair.Client, seed, Length, synchronous)),
            RunAsync(() => Receive(pair.Server, Length, synchronous)),
            RunAsync(() => Send(pair.Server, seed + 1, Length, synchronous)),
            RunAsync(() => Receive(pair.Client, Length, synchronous)),
        ];
        await Task.WhenAll(hashes).WithDeadline();
        Assert.Equal(await hashes[0], await hashes[1]);
        Assert.Equal(await hashes[2], await hashes[3]);
    }

    [Fact]
    public async Task A_second_read_is_refused_and_harms_nothing()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        byte[] buffer = new byte[10];
        Task<int> first = pair.Client.ReadAsync(buffer).AsTask();
        await Assert.ThrowsAsync<NotSupportedException>(() => pair.Client.ReadAsync(new byte[10]).WithDeadline());
        Assert.Throws<NotSupportedException>(() => pair.Client.Read(new byte[10], 0, 10));
        Assert.False(first.IsCompleted);
        await pair.Server.WriteAsync("one"u8.ToArray());
        Assert.Equal(3, await first.WithDeadline());
        await pair.Server.WriteAsync("two!"u8.ToArray());
        Assert.Equal(4, await pair.Client.ReadAsync(buffer).WithDeadline());
    }

    [Fact]
    public async Task A_second_write_is_refused_and_harms_nothing()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(pauseAt: 4096);
        byte[] data = new byte[500_000];
        Random.Shared.NextBytes(data);
        Task first = pair.Client.WriteAsync(data).AsTask();
        Assert.False(first.IsCompleted);
        await Assert.ThrowsAsync<NotSupportedException>(() => pair.Client.WriteAsync(new byte[10]).WithDeadline());
        Assert.Throws<NotSupportedException>(() => pair.Client.Write(new byte[10], 0, 10));
        byte[] received = new byte[data.Length];
        await pair.Server.ReadExactlyAsync(received).WithDeadline();
        await first.WithDeadline();
        Assert.Equal(data, received);
        await pair.Client.WriteAsync("next"u8.ToArray()).WithDeadline();
        Assert.Equal(4, await pair.Server.ReadAsync(received).WithDeadline());
    }

    [Fact]
    public async Task A_pending_read_does_not_hinder_writes_nor_a_pending_write_reads()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(pauseAt: 4096);
        byte[] buffer = new byte[100];
        Task<int> read = pair.Client.ReadAsync(buffer).AsTask();
        Task write = pair.Client.WriteAsync(new byte[500_000]).AsTask();
        Assert.False(write.IsCompleted);
        await pair.Server.WriteAsync("through"u8.ToArray()).WithDeadline();
        Assert.Equal(7, await read.WithDeadline());
        Assert.False(write.IsCompleted);
        await pair.Server.ReadExactlyAsync(new byte[500_000]).WithDeadline();
        await write.WithDeadline();
    }

    private static Task<byte[]> RunAsync(Func<Task<byte[]>> run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private static async Task<byte[]> Send(S2nStream stream, int seed, int length, bool synchronous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(seed);
        byte[] buffer = new byte[50_000];
        for (int left = length; left > 0;)
        {
            Memory<byte> piece = buffer.AsMemory(0, Math.Min(random.Next(1, buffer.Length), left));
            random.NextBytes(piece.Span);
            hash.AppendData(piece.Span);
            if (synchronous)
            {
                stream.Write(piece.Span);
            }
            else
            {
                await stream.WriteAsync(piece);
            }

            left -= piece.Length;
        }

        return hash.GetHashAndReset();
    }

    private static async Task<byte[]> Receive(S2nStream stream, int length, bool synchronous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[30_000];
        for (int left = length; left > 0;)
        {
            int count = synchronous ? stream.Read(buffer.AsSpan()) : await stream.ReadAsync(buffer);
            Assert.True(count > 0, "the data ended early");
            hash.AppendData(buffer, 0, count);
            left -= count;
        }

        return hash.GetHashAndReset();
    }
}
