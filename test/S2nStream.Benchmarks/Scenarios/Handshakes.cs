using S2nTls.Benchmarks.Bare;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>
/// Full handshakes in memory, one after another on one thread: both ends are made, authenticated, the server
/// by its certificate, and disposed.
/// </summary>
internal sealed class Handshakes(string name, string title, TlsSetup setup, IReadOnlyList<Contender> contenders) : Scenario(name, contenders)
{
    private const int Batch = 8;

    internal override IReadOnlyList<Row> Rows { get; } = Throughput.Rows(name, title, "handshake");

    internal override Task<Trial> PrepareAsync(Contender contender) => Task.FromResult(Prepare(contender));

    private Trial Prepare(Contender contender)
    {
        if (contender == Contender.BareS2n)
        {
            var pair = new BarePair(setup);
            return new BareRunning(pair) { Owned = [pair] };
        }

        StreamKind kind = StreamKind.Create(contender, setup);
        return new Running(kind) { Owned = [kind] };
    }

    private sealed class Running(StreamKind kind) : Throughput
    {
        protected override async Task<double> WorkAsync()
        {
            for (int i = 0; i < Batch; i++)
            {
                (Stream client, Stream server) = await kind.ConnectAsync(DuplexMemoryStream.CreatePair());
                await client.DisposeAsync();
                await server.DisposeAsync();
            }

            return Batch;
        }
    }

    private sealed class BareRunning(BarePair pair) : Throughput
    {
        protected override Task<double> WorkAsync()
        {
            for (int i = 0; i < Batch; i++)
            {
                pair.Connect();
                pair.Disconnect();
            }

            return Task.FromResult<double>(Batch);
        }
    }
}
