using S2nTls.Benchmarks.Bare;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>Data in one direction through a TCP connection: one task writes, another reads.</summary>
internal sealed class BulkOverLoopback(string name, int writeSize, TlsSetup setup)
    : Scenario(name, [Contender.S2nStream, Contender.SslStream, Contender.NoTls, Contender.BareS2n])
{
    private const int ReadSize = 64 * 1024;
    private const int Batch = 16 * 1024 * 1024;

    internal override IReadOnlyList<Row> Rows { get; } =
        Throughput.Rows(name, $"bulk over loopback, writes of {writeSize / 1024} KiB", "MB");

    internal override async Task<Trial> PrepareAsync(Contender contender)
    {
        if (contender == Contender.BareS2n)
        {
            return BareBulk.Prepare(setup, writeSize);
        }

        StreamKind kind = StreamKind.Create(contender, setup);
        (Stream client, Stream server) = await kind.ConnectAsync(await Loopback.CreatePairAsync());
        return new Running(client, server, writeSize) { Owned = [client, server, kind] };
    }

    private sealed class Running(Stream client, Stream server, int writeSize) : Throughput
    {
        private readonly byte[] _data = new byte[writeSize];
        private readonly byte[] _received = new byte[ReadSize];

        protected override async Task<double> WorkAsync()
        {
            await Task.WhenAll(Task.Run(SendAsync), Task.Run(ReceiveAsync));
            return Batch / 1e6;
        }

        private async Task SendAsync()
        {
            for (int sent = 0; sent < Batch; sent += _data.Length)
            {
                await client.WriteAsync(_data);
            }
        }

        private async Task ReceiveAsync()
        {
            for (int received = 0; received < Batch;)
            {
                int count = await server.ReadAsync(_received);
                received += count > 0 ? count : throw new EndOfStreamException();
            }
        }
    }
}
