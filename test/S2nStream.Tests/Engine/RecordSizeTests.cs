using System.Diagnostics;
using System.Security.Authentication;

namespace S2nTls.Tests.Engine;

public class RecordSizeTests
{
    private const int Frame = 1500;
    private const int Full = 16 * 1024;

    [Fact]
    public async Task Usually_records_are_full()
    {
        List<int> sizes = await SizesAsync(S2nRecordSize.Throughput, 100_000);
        Assert.Equal(7, sizes.Count);
        Assert.All(sizes[..^1], size => Assert.InRange(size, Full, Full + 256));
    }

    [Fact]
    public async Task For_low_latency_each_fits_in_a_frame()
    {
        List<int> sizes = await SizesAsync(S2nRecordSize.LowLatency, 100_000);
        Assert.True(sizes.Sum() > 100_000); // all that was written, and what encryption adds
        Assert.All(sizes, size => Assert.InRange(size, 1, Frame));
    }

    [Fact]
    public async Task Growing_ones_are_small_at_first_and_again_after_a_pause()
    {
        using S2nContext context = TestContexts.MakeClient(options =>
        {
            #region snippet record-size
            options.RecordSize = S2nRecordSize.Growing(20_000, pause: TimeSpan.FromSeconds(1));
            #endregion
        });
        for (int tries = 1; ; tries++)
        {
            (TlsPair pair, RecordSizes written) = await ConnectAsync(context);
            await using (pair)
            {
                long start = Stopwatch.GetTimestamp();
                List<int> first = await SizesAsync(pair, written, 100_000), second = await SizesAsync(pair, written, 100_000);
                if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(1))
                {
                    Assert.True(tries < 10, "The machine is too slow.");
                    continue; // so there may have been a pause
                }

                Assert.All(first[..10], size => Assert.InRange(size, 1, Frame));
                Assert.All(first[^3..^1], size => Assert.InRange(size, Full, Full + 256));
                Assert.Equal(7, second.Count);
                Assert.All(second[..^1], size => Assert.InRange(size, Full, Full + 256));
                await Task.Delay(2500);
                Assert.InRange((await SizesAsync(pair, written, 1000 + Frame))[0], 1, Frame);
                return;
            }
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(9_000_000, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 70_000)]
    public void What_s2n_cannot_count_to_is_refused(int bytes, int seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => S2nRecordSize.Growing(bytes, TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(SslProtocols.Tls12, 512)]
    [InlineData(SslProtocols.Tls12, 4096)]
    [InlineData(SslProtocols.Tls13, 1024)]
    [InlineData(SslProtocols.Tls13, 2048)]
    public async Task A_client_may_limit_the_records_of_both_sides(SslProtocols protocol, int limit)
    {
        S2nSecurityPolicy policy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
        using S2nContext client = TestContexts.MakeClient(options => (options.SecurityPolicy, options.MaxFragmentLength) = (policy, limit));
        using S2nContext server = TestContexts.MakeServer(options => (options.SecurityPolicy, options.AcceptMaxFragmentLength) = (policy, true));
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams(pauseAt: 0);
        var clientWrites = new RecordSizes(clientEnd);
        var serverWrites = new RecordSizes(serverEnd);
        await using TlsPair pair = await TlsPair.OverAsync(clientWrites, serverWrites, client: client, server: server);
        Assert.Equal(protocol, pair.Client.SslProtocol);
        await pair.Client.WriteAsync(new byte[20_000]);
        await pair.Server.WriteAsync(new byte[20_000]);
        clientWrites.Take();
        serverWrites.Take();
        await pair.Client.WriteAsync(new byte[20_000]);
        await pair.Server.WriteAsync(new byte[20_000]);
        foreach (List<int> sizes in (List<int>[])[clientWrites.Take(), serverWrites.Take()])
        {
            Assert.True(sizes.Sum() > 20_000); // all that was written, and what encryption adds
            Assert.All(sizes, size => Assert.InRange(size, 1, limit + 256));
        }

        await pair.Client.ReadExactlyAsync(new byte[40_000]).AsTask().WithDeadline();
    }

    [Fact]
    public void A_limit_that_TLS_does_not_know_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TestContexts.MakeClient(options => options.MaxFragmentLength = 1000));

    private static async Task<List<int>> SizesAsync(S2nRecordSize size, int count)
    {
        using S2nContext context = TestContexts.MakeClient(options => options.RecordSize = size);
        (TlsPair pair, RecordSizes written) = await ConnectAsync(context);
        await using (pair)
        {
            return await SizesAsync(pair, written, count);
        }
    }

    private static async Task<List<int>> SizesAsync(TlsPair pair, RecordSizes written, int count)
    {
        written.Take();
        Task read = pair.Server.ReadExactlyAsync(new byte[count]).AsTask();
        await pair.Client.WriteAsync(new byte[count]).WithDeadline();
        await read.WithDeadline();
        return written.Take();
    }

    private static async Task<(TlsPair Pair, RecordSizes Written)> ConnectAsync(S2nContext client)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        var written = new RecordSizes(clientEnd);
        return (await TlsPair.OverAsync(written, serverEnd, client: client), written);
    }
}
