using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>What calls allocate on the managed heap, over an inner stream in memory that allocates nothing itself.</summary>
internal sealed class Allocations(TlsSetup setup) : Scenario("allocations", [Contender.S2nStream, Contender.SslStream])
{
    internal override IReadOnlyList<Row> Rows { get; } =
    [
        new("allocated-write", "allocated by a write of 4 KiB", "B", Better.Less),
        new("allocated-read", "allocated by a read of 4 KiB that are there", "B", Better.Less),
        new("allocated-waiting-read", "allocated by a read of 4 KiB that waits", "B", Better.Less),
        new("allocated-handshake", "allocated by a handshake, both ends", "B", Better.Less),
    ];

    internal override async Task<Trial> PrepareAsync(Contender contender)
    {
        StreamKind kind = StreamKind.Create(contender, setup);
        (Stream client, Stream server) = await kind.ConnectAsync(DuplexMemoryStream.CreatePair());
        return new Running(kind, client, server) { Owned = [client, server, kind] };
    }

    private sealed class Running(StreamKind kind, Stream client, Stream server) : Trial
    {
        private const int Calls = 1000;
        private const int Handshakes = 50;

        private readonly byte[] _data = new byte[4096];
        private readonly byte[] _received = new byte[4096];

        internal override async Task<double[]> MeasureAsync(TimeSpan time) => [.. await MeasureCallsAsync(), await MeasureHandshakesAsync()];

        /// <remarks>All calls here complete on this thread: nothing else hides in its count, and nothing of theirs is missed.</remarks>
        private async Task<double[]> MeasureCallsAsync()
        {
            long writes = 0;
            long reads = 0;
            long waitingReads = 0;
            for (int i = 0; i < Calls; i++)
            {
                long start = Allocated;
                await client.WriteAsync(_data);
                writes += Allocated - start;

                start = Allocated;
                await server.ReadExactlyAsync(_received);
                reads += Allocated - start;

                start = Allocated;
                ValueTask<int> read = server.ReadAsync(_received);
                if (read.IsCompleted)
                {
                    throw new InvalidOperationException("A read that was to wait did not.");
                }

                await client.WriteAsync(_data);
                await read;
                waitingReads += Allocated - start;
            }

            // The write that ends a read's wait is the same as the one that was measured by itself.
            return [(double)writes / Calls, (double)reads / Calls, ((double)waitingReads - writes) / Calls];
        }

        /// <summary>From making the two streams to having disposed them. The inner ones are made before.</summary>
        private async Task<double> MeasureHandshakesAsync()
        {
            long allocated = 0;
            for (int i = 0; i < Handshakes; i++)
            {
                (Stream, Stream) inner = DuplexMemoryStream.CreatePair();
                long start = GC.GetTotalAllocatedBytes(precise: true);
                (Stream handshakeClient, Stream handshakeServer) = await kind.ConnectAsync(inner);
                await handshakeClient.DisposeAsync();
                await handshakeServer.DisposeAsync();
                allocated += GC.GetTotalAllocatedBytes(precise: true) - start;
            }

            return (double)allocated / Handshakes;
        }

        private static long Allocated => GC.GetAllocatedBytesForCurrentThread();
    }
}
