using S2nTls.Benchmarks.Idle;
using S2nTls.Benchmarks.Measuring;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>
/// What a server holds for each connection that waits for its client. Each value is from a new process:
/// its private memory (USS) with all connections idle, less that with some, by the number of connections.
/// The clients are in another process, of one kind for all TLS servers.
/// </summary>
/// <param name="connections">How many.</param>
/// <param name="readSize">The size of the read that is pending on each. One of 0 bytes only waits until there is data.</param>
internal sealed class IdleMemory(int connections, int readSize)
    : Scenario(NameOf(connections, readSize), [Contender.S2nStream, Contender.SslStream, Contender.NoTls])
{
    internal override bool WarmsUp => false;

    internal override bool IsQuick => connections <= 2000;

    internal override int Rounds(Plan plan) => plan.ProcessRounds;

    internal override IReadOnlyList<Row> Rows { get; } =
    [
        Figure(connections, readSize, "total", "private memory"),
        Figure(connections, readSize, "native", "of it native"),
        Figure(connections, readSize, "managed", "of it managed"),
    ];

    internal override Task<Trial> PrepareAsync(Contender contender) => Task.FromResult<Trial>(new Running(contender, connections, readSize));

    private static string NameOf(int connections, int readSize) => $"idle-{connections}{(readSize == 0 ? "-empty-read" : "")}";

    private static Row Figure(int connections, int readSize, string name, string title) =>
        new($"{NameOf(connections, readSize)}-{name}", $"an idle connection of {connections:N0}, {(readSize == 0 ? "zero-byte read" : $"read of {readSize / 1024} KiB")} pending: {title}", "KiB", Better.Less)
        {
            AboveLimit = true,
        };

    private sealed class Running(Contender contender, int connections, int readSize) : Trial
    {
        internal override async Task<double[]> MeasureAsync(TimeSpan time)
        {
            await using ChildProcess server = ChildProcess.Start("idle-server", contender.ToString(), $"{connections}", $"{readSize}");
            string[] whereAndRoot = (await server.ReadLineAsync()).Split(' ');
            Contender clientsKind = contender == Contender.NoTls ? Contender.NoTls : Contender.S2nStream;
            await using ChildProcess clients = ChildProcess.Start("idle-clients", clientsKind.ToString(), whereAndRoot[0], whereAndRoot[1]);
            clients.WriteLine($"{IdleServer.WarmUp}");
            await server.ReadLineAsync();
            clients.WriteLine($"{connections}");
            return [.. (await server.ReadLineAsync()).Split(' ').Select(bytes => double.Parse(bytes) / 1024)];
        }
    }
}
