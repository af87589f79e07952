using S2nTls.Benchmarks.Bare;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>Data in one direction through memory, on one thread: what is written is read before the next write. No kernel, no waiting: TLS alone.</summary>
internal sealed class BulkInMemory(TlsSetup setup)
    : Scenario("bulk-memory", [Contender.S2nStream, Contender.SslStream, Contender.NoTls, Contender.BareS2n])
{
    private const int Size = 64 * 1024;
    private const int BatchWrites = 128;

    internal override IReadOnlyList<Row> Rows { get; } = Throughput.Rows("bulk-memory", "bulk in memory, writes of 64 KiB", "MB");

    internal override async Task<Trial> PrepareAsync(Contender contender)
    {
        if (contender == Contender.BareS2n)
        {
            return BareBulk.Prepare(setup, Size);
        }

        StreamKind kind = StreamKind.Create(contender, setup);
        (Stream client, Stream server) = await kind.ConnectAsync(DuplexMemoryStream.CreatePair());
        return new Running(client, server) { Owned = [client, server, kind] };
    }

    private sealed class Running(Stream client, Stream server) : Throughput
    {
        private readonly byte[] _data = new byte[Size];
        private readonly byte[] _received = new byte[Size];

        protected override async Task<double> WorkAsync()
        {
            for (int i = 0; i < BatchWrites; i++)
            {
                await client.WriteAsync(_data);
                for (int received = 0; received < Size;)
                {
                    received += await server.ReadAsync(_received);
                }
            }

            return BatchWrites * Size / 1e6;
        }
    }
}
