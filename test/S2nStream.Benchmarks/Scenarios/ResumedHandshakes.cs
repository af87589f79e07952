using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>
/// Handshakes over TCP, several at a time, that resume a session of one before. Each is followed by a byte from the
/// server: with it the client takes the tickets for the next.
/// </summary>
internal sealed class ResumedHandshakes(TlsSetup setup)
    : Scenario("handshake-resumed", [Contender.S2nStream, Contender.SslStream, Contender.NoTls])
{
    private const int Batch = 8;
    private const int AtATime = 16;

    internal override IReadOnlyList<Row> Rows { get; } = Throughput.Rows("handshake-resumed", "resumed handshakes over loopback", "handshake");

    internal override async Task<Trial> PrepareAsync(Contender contender)
    {
        StreamKind kind = StreamKind.Create(contender, setup with { Resumes = true });
        Loopback[] loopbacks = [.. Enumerable.Range(0, AtATime).Select(_ => new Loopback())];
        var running = new Running(kind, loopbacks, checks: contender != Contender.NoTls) { Owned = [.. loopbacks, kind] };
        await running.CheckAsync();
        return running;
    }

    private sealed class Running(StreamKind kind, Loopback[] loopbacks, bool checks) : Throughput
    {
        internal override async Task<double[]> MeasureAsync(TimeSpan time)
        {
            double[] measured = await base.MeasureAsync(time);
            await CheckAsync();
            return measured;
        }

        /// <exception cref="InvalidOperationException">Sessions are not resumed: what was measured is something else.</exception>
        internal async Task CheckAsync()
        {
            if (checks)
            {
                await Agreement.OfAsync(kind);
                if (!(await Agreement.OfAsync(kind)).IsResumed)
                {
                    throw new InvalidOperationException("The session was not resumed.");
                }
            }
        }

        protected override async Task<double> WorkAsync()
        {
            await Task.WhenAll(loopbacks.Select(loopback => Task.Run(() => HandshakeAsync(loopback))));
            return AtATime * Batch;
        }

        private async Task HandshakeAsync(Loopback loopback)
        {
            byte[] one = new byte[1];
            for (int i = 0; i < Batch; i++)
            {
                (Stream client, Stream server) = await kind.ConnectAsync(await loopback.ConnectPairAsync());
                await server.WriteAsync(one);
                await client.ReadExactlyAsync(one);
                await kind.CloseAsync(client, server);
            }
        }
    }
}
