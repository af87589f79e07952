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
        var setup = new TlsSetup(Credentials.OfClient(root)) { Resumes = exchange == WebExchange.ResumedConnection };

        // Each has sessions of its own: one that others have used up would make a full handshake.
        WebClient[] clients = [.. Enumerable.Range(0, AtATime).Select(_ => new WebClient(contender, setup, exchange, port))];
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
