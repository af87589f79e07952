using S2nTls.Benchmarks.Bare;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>
/// Full handshakes: both ends are made, authenticated, the server by its certificate, and disposed. In memory one
/// after another on one thread; over TCP several at a time, as a busy server has them, so that what is measured is
/// work and not the thread pool's search for some.
/// </summary>
internal sealed class Handshakes(string name, string title, TlsSetup setup, bool overTcp, IReadOnlyList<Contender> contenders)
    : Scenario(name, contenders)
{
    private const int Batch = 8;
    private const int AtATime = 16;

    internal override IReadOnlyList<Row> Rows { get; } =
        Throughput.Rows(name, $"{title} {(overTcp ? "over loopback" : "in memory")}", "handshake");

    internal override Task<Trial> PrepareAsync(Contender contender) => Task.FromResult(Prepare(contender));

    private Trial Prepare(Contender contender)
    {
        if (contender == Contender.BareS2n)
        {
            var pair = new BarePair(setup);
            return new BareRunning(pair) { Owned = [pair] };
        }

        StreamKind kind = StreamKind.Create(contender, setup);
        if (!overTcp)
        {
            return new Running(kind, [static () => Task.FromResult(DuplexMemoryStream.CreatePair())]) { Owned = [kind] };
        }

        Loopback[] loopbacks = [.. Enumerable.Range(0, AtATime).Select(_ => new Loopback())];
        return new Running(kind, [.. loopbacks.Select(loopback => (Func<Task<(Stream, Stream)>>)loopback.ConnectPairAsync)]) { Owned = [.. loopbacks, kind] };
    }

    private sealed class Running(StreamKind kind, Func<Task<(Stream, Stream)>>[] connect) : Throughput
    {
        protected override async Task<double> WorkAsync()
        {
            await (connect.Length == 1 ? HandshakeAsync(connect[0]) : Task.WhenAll(connect.Select(one => Task.Run(() => HandshakeAsync(one)))));
            return connect.Length * Batch;
        }

        private async Task HandshakeAsync(Func<Task<(Stream, Stream)>> connect)
        {
            for (int i = 0; i < Batch; i++)
            {
                (Stream client, Stream server) = await kind.ConnectAsync(await connect());
                await kind.CloseAsync(client, server);
            }
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
