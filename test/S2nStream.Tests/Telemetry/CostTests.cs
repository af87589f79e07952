using System.Diagnostics.Metrics;
using S2nTls.Benchmarks.Streams;
using S2nTls.Telemetry;

namespace S2nTls.Tests.Telemetry;

/// <summary>What a listener costs. Without one, it is what AllocationTests allow.</summary>
[Collection(nameof(Alone))]
public class CostTests
{
    [Fact]
    public async Task With_a_listener_a_handshake_allocates_at_most_256_bytes_more_an_end()
    {
        long without = await LeastAsync();
        using MeterListener listener = Listen();
        Assert.InRange(await LeastAsync() - without, -512, 2 * 256);
    }

    [Fact]
    public async Task With_a_listener_reads_and_writes_allocate_nothing()
    {
        using MeterListener listener = Listen();
        (S2nStream client, S2nStream server) = await ConnectAsync(DuplexMemoryStream.CreatePair(), TestContexts.Client, TestContexts.Server);
        await using (client)
        await using (server)
        {
            byte[] data = new byte[1024];
            Repeat(1000);
            long start = GC.GetAllocatedBytesForCurrentThread();
            Repeat(10_000);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - start, 0, 10_000);

            void Repeat(int times)
            {
                for (int i = 0; i < times; i++)
                {
                    client.Write(data);
                    server.ReadExactly(data);
                }
            }
        }
    }

    private static MeterListener Listen()
    {
        S2nMeter.Start();
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "S2nTls")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        listener.Start();
        return listener;
    }

    /// <summary>The count is the whole process's: whatever else happens in it can only add.</summary>
    private static async Task<long> LeastAsync()
    {
        await MeasureAsync(); // compiles
        return Math.Min(await MeasureAsync(), Math.Min(await MeasureAsync(), await MeasureAsync()));
    }

    /// <returns>What a handshake allocates at both ends, with disposal.</returns>
    private static async Task<long> MeasureAsync()
    {
        using S2nContext client = TestContexts.MakeClient(), server = TestContexts.MakeServer();
        const int Handshakes = 100;
        long allocated = 0;
        for (int i = 0; i < 2 * Handshakes; i++)
        {
            (Stream, Stream) inner = DuplexMemoryStream.CreatePair();
            long start = GC.GetTotalAllocatedBytes(precise: true);
            (S2nStream clientSide, S2nStream serverSide) = await ConnectAsync(inner, client, server);
            await clientSide.DisposeAsync();
            await serverSide.DisposeAsync();
            allocated += i < Handshakes ? 0 : GC.GetTotalAllocatedBytes(precise: true) - start;
        }

        return allocated / Handshakes;
    }

    private static async Task<(S2nStream Client, S2nStream Server)> ConnectAsync(
        (Stream Client, Stream Server) inner, S2nContext clientContext, S2nContext serverContext)
    {
        var client = new S2nStream(inner.Client);
        var server = new S2nStream(inner.Server);
        await Task.WhenAll(client.AuthenticateAsClientAsync(clientContext, "localhost"), server.AuthenticateAsServerAsync(serverContext)).WithDeadline();
        return (client, server);
    }
}
