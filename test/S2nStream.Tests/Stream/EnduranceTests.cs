using System.Security.Cryptography;

namespace S2nTls.Tests.Streams;

[Collection(nameof(Alone))]
public class EnduranceTests
{
    /// <summary>The callbacks, their errno and their pins under constant garbage collections.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_million_writes_and_reads_of_random_sizes_survive_constant_garbage_collections(bool overPipes)
    {
        const int WritesEachWay = 350_000; // and about as many reads, each way: a million and more over each transport
        int seed = Environment.TickCount;
        await using TlsPair pair = overPipes ? await TlsPair.OverPipesAsync() : await TlsPair.OverTcpAsync();
        using var stop = new CancellationTokenSource();
        var collecting = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(Random.Shared.Next(2), GCCollectionMode.Forced, blocking: true);
                Thread.Sleep(1);
            }
        });
        collecting.Start();
        try
        {
            Task<Totals>[] runs =
            [
                Task.Run(() => SendAsync(pair.Client, seed, WritesEachWay)),
                Task.Run(() => ReceiveAsync(pair.Server, seed + 1)),
                Task.Run(() => SendAsync(pair.Server, seed + 2, WritesEachWay)),
                Task.Run(() => ReceiveAsync(pair.Client, seed + 3)),
            ];
            await Task.WhenAll(runs).WithDeadline(TimeSpan.FromMinutes(3));
            Totals[] totals = await Task.WhenAll(runs);
            Assert.True(totals[0].Hash.AsSpan().SequenceEqual(totals[1].Hash), $"seed {seed}: client to server");
            Assert.True(totals[2].Hash.AsSpan().SequenceEqual(totals[3].Hash), $"seed {seed}: server to client");
            Assert.InRange(totals.Sum(total => total.Operations), 1_000_000, int.MaxValue);
        }
        finally
        {
            await stop.CancelAsync();
            collecting.Join();
        }
    }

    private static async Task<Totals> SendAsync(S2nStream stream, int seed, int writes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(seed);
        byte[] data = new byte[1 << 16];
        random.NextBytes(data);
        for (int i = 0; i < writes; i++)
        {
            // Mostly small, now and then of several records.
            int size = random.Next(100) == 0 ? random.Next(data.Length) : random.Next(1, 600);
            int start = random.Next(data.Length - size);
            hash.AppendData(data, start, size);
            await stream.WriteAsync(data.AsMemory(start, size));
        }

        await stream.ShutdownWriteAsync();
        return new Totals(writes, hash.GetHashAndReset());
    }

    private static async Task<Totals> ReceiveAsync(S2nStream stream, int seed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(seed);
        byte[] buffer = new byte[1 << 15];
        int reads = 0;
        while (true)
        {
            int size = random.Next(100) == 0 ? buffer.Length : random.Next(1, 1200);
            int count = await stream.ReadAsync(buffer.AsMemory(0, size));
            if (count == 0)
            {
                return new Totals(reads, hash.GetHashAndReset());
            }

            hash.AppendData(buffer, 0, count);
            reads++;
        }
    }

    private sealed record Totals(int Operations, byte[] Hash);
}
