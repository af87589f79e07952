using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>
/// Handshakes in memory that resume the session of the one before. Each is followed by a byte from the
/// server: with it the client takes the tickets for the next.
/// </summary>
internal sealed class ResumedHandshakes(TlsSetup setup)
    : Scenario("handshake-resumed", [Contender.S2nStream, Contender.SslStream])
{
    private const int Batch = 8;

    internal override IReadOnlyList<Row> Rows { get; } = Throughput.Rows("handshake-resumed", "resumed handshakes in memory", "handshake");

    internal override string? WhyMissing(Contender contender) => contender == Contender.S2nStream ? "not available yet" : null;

    internal override async Task<Trial> PrepareAsync(Contender contender)
    {
        StreamKind kind = StreamKind.Create(contender, setup with { Resumes = true });
        await Agreement.OfAsync(kind);
        Agreement second = await Agreement.OfAsync(kind);
        return second.IsResumed ? new Running(kind) { Owned = [kind] } : throw new InvalidOperationException($"{contender.Title()} does not resume its sessions.");
    }

    private sealed class Running(StreamKind kind) : Throughput
    {
        private readonly byte[] _byte = new byte[1];

        protected override async Task<double> WorkAsync()
        {
            for (int i = 0; i < Batch; i++)
            {
                (Stream client, Stream server) = await kind.ConnectAsync(DuplexMemoryStream.CreatePair());
                await server.WriteAsync(_byte);
                await client.ReadExactlyAsync(_byte);
                await client.DisposeAsync();
                await server.DisposeAsync();
            }

            return Batch;
        }
    }
}
