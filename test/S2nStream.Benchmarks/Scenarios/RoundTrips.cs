using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>A question of 1 KiB and an answer of 1 KiB through a TCP connection, one after another: every read waits.</summary>
internal sealed class RoundTrips(TlsSetup setup)
    : Scenario("round-trips", [Contender.S2nStream, Contender.SslStream, Contender.NoTls])
{
    private const int Size = 1024;
    private const int Batch = 500;

    internal override IReadOnlyList<Row> Rows { get; } =
        Throughput.Rows("round-trips", "round trips of 1 KiB over loopback", "round trip", showAllocated: true);

    internal override async Task<Trial> PrepareAsync(Contender contender)
    {
        StreamKind kind = StreamKind.Create(contender, setup);
        (Stream client, Stream server) = await kind.ConnectAsync(await Loopback.CreatePairAsync());
        return new Running(client, server) { Owned = [client, server, kind] };
    }

    private sealed class Running(Stream client, Stream server) : Throughput
    {
        private readonly byte[] _question = new byte[Size];
        private readonly byte[] _answer = new byte[Size];

        protected override async Task<double> WorkAsync()
        {
            await Task.WhenAll(Task.Run(AskAsync), Task.Run(AnswerAsync));
            return Batch;
        }

        private async Task AskAsync()
        {
            for (int i = 0; i < Batch; i++)
            {
                await client.WriteAsync(_question);
                await client.ReadExactlyAsync(_question);
            }
        }

        private async Task AnswerAsync()
        {
            for (int i = 0; i < Batch; i++)
            {
                await server.ReadExactlyAsync(_answer);
                await server.WriteAsync(_answer);
            }
        }
    }
}
