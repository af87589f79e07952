using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>
/// TCP connections that are opened, authenticated, used for one byte, and closed in an orderly way, several
/// at a time.
/// </summary>
internal sealed class Connections(TlsSetup setup)
    : Scenario("connections", [Contender.S2nStream, Contender.SslStream, Contender.NoTls])
{
    private const int AtATime = 8;
    private const int BatchEach = 4;

    internal override IReadOnlyList<Row> Rows { get; } =
        Throughput.Rows("connections", "connections opened and closed over loopback", "connection", showClock: true);

    internal override Task<Trial> PrepareAsync(Contender contender)
    {
        StreamKind kind = StreamKind.Create(contender, setup);
        var loopback = new Loopback();
        return Task.FromResult<Trial>(new Running(kind, loopback) { Owned = [loopback, kind] });
    }

    private sealed class Running(StreamKind kind, Loopback loopback) : Throughput
    {
        protected override async Task<double> WorkAsync()
        {
            await Task.WhenAll(Enumerable.Range(0, AtATime).SelectMany(_ => new[] { Task.Run(ConnectAsync), Task.Run(ServeAsync) }));
            return AtATime * BatchEach;
        }

        private async Task ConnectAsync()
        {
            byte[] one = new byte[1];
            for (int i = 0; i < BatchEach; i++)
            {
                Stream client = await kind.AsClientAsync(await loopback.ConnectAsync());
                await client.WriteAsync(one);
                await client.ReadExactlyAsync(one);
                await kind.EndAsync(client);
                await client.DisposeAsync();
            }
        }

        private async Task ServeAsync()
        {
            byte[] one = new byte[1];
            for (int i = 0; i < BatchEach; i++)
            {
                Stream server = await kind.AsServerAsync(await loopback.AcceptAsync());
                await server.ReadExactlyAsync(one);
                await server.WriteAsync(one);
                if (await server.ReadAsync(one) != 0)
                {
                    throw new InvalidDataException("More came than was sent.");
                }

                await server.DisposeAsync();
            }
        }
    }
}
