using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>
/// Questions of 1 KiB and answers of 1 KiB through TCP connections, one after another on each, several at a time: every
/// read waits. With a single connection the threads of the pool would wait too, spinning, and that is what would be
/// measured: plain TCP then takes more CPU than TLS.
/// </summary>
internal sealed class RoundTrips(TlsSetup setup)
    : Scenario("round-trips", [Contender.S2nStream, Contender.SslStream, Contender.NoTls])
{
    private const int Size = 1024;
    private const int AtATime = 16;
    private const int Batch = 50;

    internal override IReadOnlyList<Row> Rows { get; } =
        Throughput.Rows("round-trips", "round trips of 1 KiB over loopback", "round trip", showAllocated: true);

    internal override async Task<Trial> PrepareAsync(Contender contender)
    {
        StreamKind kind = StreamKind.Create(contender, setup);
        List<(Stream Client, Stream Server)> pairs = [];
        for (int i = 0; i < AtATime; i++)
        {
            pairs.Add(await kind.ConnectAsync(await Loopback.CreatePairAsync()));
        }

        return new Running(pairs) { Owned = [.. pairs.SelectMany(pair => new[] { pair.Client, pair.Server }), kind] };
    }

    private sealed class Running(IReadOnlyList<(Stream Client, Stream Server)> pairs) : Throughput
    {
        private readonly byte[][] _buffers = [.. Enumerable.Range(0, 2 * AtATime).Select(_ => new byte[Size])];

        protected override async Task<double> WorkAsync()
        {
            await Task.WhenAll(pairs.SelectMany((pair, i) => new[]
            {
                Task.Run(() => AskAsync(pair.Client, _buffers[2 * i])),
                Task.Run(() => AnswerAsync(pair.Server, _buffers[(2 * i) + 1])),
            }));
            return AtATime * Batch;
        }

        private static async Task AskAsync(Stream client, byte[] question)
        {
            for (int i = 0; i < Batch; i++)
            {
                await client.WriteAsync(question);
                await client.ReadExactlyAsync(question);
            }
        }

        private static async Task AnswerAsync(Stream server, byte[] answer)
        {
            for (int i = 0; i < Batch; i++)
            {
                await server.ReadExactlyAsync(answer);
                await server.WriteAsync(answer);
            }
        }
    }
}
