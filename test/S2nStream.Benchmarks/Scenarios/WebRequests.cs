using System.Diagnostics;
using System.Globalization;
using S2nTls.Benchmarks.Idle;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;
using S2nTls.Benchmarks.Web;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>
/// Kestrel with UseS2n, with UseHttps, and without TLS. The clients, of one kind for all, are another process: what is counted is the
/// server's CPU time alone.
/// </summary>
internal sealed class WebRequests(string name, string title, WebExchange exchange, TlsSetup setup)
    : Scenario(name, [Contender.S2nStream, Contender.SslStream, Contender.NoTls])
{
    internal override IReadOnlyList<Row> Rows { get; } = Throughput.Rows(name, $"Kestrel: {title}, the server's CPU alone", "request", showAllocated: true);

    internal override async Task<Trial> PrepareAsync(Contender contender)
    {
        WebServer server = await WebServer.StartAsync(contender, setup.Credentials, exchange);
        ChildProcess clients = ChildProcess.Start(
            "web-clients", contender.ToString(), exchange.ToString(), $"{server.Port}", Convert.ToBase64String(setup.Credentials.Root.RawData));
        return new Running(clients) { Owned = [clients.AsDisposable(), server] };
    }

    private sealed class Running(ChildProcess clients) : Trial
    {
        internal override async Task<double[]> MeasureAsync(TimeSpan time)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            clients.WriteLine(time.TotalSeconds.ToString(CultureInfo.InvariantCulture));
            double requests = double.Parse(await clients.ReadLineAsync(), CultureInfo.InvariantCulture);

            TimeSpan clock = Stopwatch.GetElapsedTime(start);
            cpu = Environment.CpuUsage.TotalTime - cpu;
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            return [requests / cpu.TotalSeconds, requests / clock.TotalSeconds, allocated / requests];
        }
    }
}
