namespace S2nTls.Tests.Streams;

/// <summary>How many errors may wait for their answers.</summary>
[Collection(nameof(Alone))]
public class BlindingDelaysTests
{
    [Fact]
    public async Task One_too_many_cuts_the_oldest_wait_short()
    {
        TimeSpan delay = TimeSpan.FromSeconds(3);
        await NoneWaitsAsync();
        Task<bool>[] waits = [.. Enumerable.Range(0, BlindingDelays.Most).Select(_ => BlindingDelays.WaitAsync(delay))];
        Assert.Equal(BlindingDelays.Most, BlindingDelays.Count);
        Assert.DoesNotContain(waits, wait => wait.IsCompleted);

        Task<bool> late = BlindingDelays.WaitAsync(delay);
        Assert.Equal(BlindingDelays.Most, BlindingDelays.Count);
        Assert.False(await waits[0].WithDeadline(TimeSpan.FromSeconds(1)));
        Assert.True(await late.WithDeadline());
        Assert.All((await Task.WhenAll(waits).WithDeadline())[1..], Assert.True);
        await NoneWaitsAsync();
    }

    [Fact]
    public async Task Ten_thousand_bad_handshakes_pile_up_neither_threads_nor_memory()
    {
        using S2nContext server = TestContexts.MakeServer(options => options.MaxBlindingDelay = TimeSpan.FromSeconds(3));
        await RefuseAsync(server, 500);
        int threads = ThreadPool.ThreadCount;
        long native = NativeAllocations.Live;
        long largest = 0;
        for (int i = 0; i < 20; i++)
        {
            await RefuseAsync(server, 500);
            largest = Math.Max(largest, NativeAllocations.Live - native);
            Assert.InRange(BlindingDelays.Count, 0, BlindingDelays.Most);
        }

        Assert.InRange(ThreadPool.ThreadCount, 0, threads + 8);
        Assert.InRange(largest, 0, BlindingDelays.Most * 60L); // allocations of a connection
    }

    /// <summary>Waits until those of other tests are over.</summary>
    private static async Task NoneWaitsAsync()
    {
        for (long start = Environment.TickCount64; BlindingDelays.Count > 0;)
        {
            Assert.InRange(Environment.TickCount64 - start, 0, 45_000);
            await Task.Delay(50);
        }
    }

    private static async Task RefuseAsync(S2nContext context, int count)
    {
        byte[] record = [22, 3, 1, 0, 8, 1, 0, 0, 4, 3, 3, 0, 0];
        for (int i = 0; i < count; i++)
        {
            (Stream peer, Stream own) = DuplexPipe.CreateStreams();
            var stream = new S2nStream(own);
            await peer.WriteAsync(record);
            await Assert.ThrowsAnyAsync<Exception>(() => stream.AuthenticateAsServerAsync(context).WithDeadline());
            await stream.DisposeAsync();
        }
    }
}
