using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Web;

/// <summary>
/// The process at the other end, so that its CPU time is not the server's: for as many seconds as each line of its standard input says it
/// asks, several at a time, and then says how many answers it has had.
/// </summary>
internal sealed class WebClients(Contender contender, WebExchange exchange, int port, byte[] root)
{
    private const int AtATime = 16;

    internal async Task RunAsync()
    {
        var setup = new TlsSetup(Credentials.OfClient(root)) { Resumes = exchange.Resumes() };

        using Http2Client? shared = exchange == WebExchange.SmallOverHttp2 ? new Http2Client(contender, setup, exchange, port) : null;
        IWebClient[] clients = shared is not null
            ? [.. Enumerable.Repeat(shared, AtATime)]

            // Each has sessions of its own: one that others have used up would make a full handshake.
            : [.. Enumerable.Range(0, AtATime).Select(_ => new WebClient(contender, setup, exchange, port))];
        while (await Console.In.ReadLineAsync() is { } line)
        {
            TimeSpan time = TimeSpan.FromSeconds(double.Parse(line, CultureInfo.InvariantCulture));
            long start = Stopwatch.GetTimestamp();
            int[] counts = await Task.WhenAll(clients.Select(client => Task.Run(async () =>
            {
                int count = 0;
                for (; Stopwatch.GetElapsedTime(start) < time; count++)
                {
                    await client.AskAsync();
                }

                return count;
            })));
            Console.WriteLine(counts.Sum());
        }
    }
}
