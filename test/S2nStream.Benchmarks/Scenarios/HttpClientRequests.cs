using System.Net;
using System.Net.Security;
using S2nTls.Benchmarks.Idle;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;
using S2nTls.Benchmarks.Web;

namespace S2nTls.Benchmarks.Scenarios;

/// <summary>
/// HttpClient over <see cref="S2nHttpHandler"/>, over <see cref="SocketsHttpHandler"/>, and without TLS. The server, Kestrel with
/// UseHttps for both, is another process: what is counted is the client's CPU time alone.
/// </summary>
internal sealed class HttpClientRequests(string name, string title, WebExchange exchange, TlsSetup setup)
    : Scenario(name, [Contender.S2nStream, Contender.SslStream, Contender.NoTls])
{
    private const int AtATime = 16;

    internal override IReadOnlyList<Row> Rows { get; } = Throughput.Rows(name, $"HttpClient: {title}, the client's CPU alone", "request", showAllocated: true);

    internal override async Task<Trial> PrepareAsync(Contender contender)
    {
        Contender served = contender == Contender.NoTls ? Contender.NoTls : Contender.SslStream;
        ChildProcess server = ChildProcess.Start("web-server", served.ToString(), exchange.ToString());
        string[] portAndRoot = (await server.ReadLineAsync()).Split(' ');
        TlsSetup shared = setup with { Credentials = Credentials.OfClient(Convert.FromBase64String(portAndRoot[1])), Resumes = exchange.Resumes() };
        var connections = new LoopbackConnections(int.Parse(portAndRoot[0]));
        var client = new HttpClient(CreateHandler(contender, shared, connections))
        {
            DefaultRequestVersion = exchange.Version(),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var running = new Running(client, contender, exchange, connections) { Owned = [client, server.AsDisposable()] };
        await running.CheckAsync();
        return running;
    }

    private HttpMessageHandler CreateHandler(Contender contender, TlsSetup shared, LoopbackConnections connections)
    {
        TimeSpan lifetime = exchange.KeepsConnections() ? Timeout.InfiniteTimeSpan : TimeSpan.Zero;
        return contender == Contender.S2nStream
            ? new S2nHttpHandler(S2nContext.CreateClient(new S2nClientOptions
            {
                SecurityPolicy = shared.Policy,
                TrustedRoots = [shared.Credentials.Root],
                AllowTlsResume = shared.Resumes,
                SessionCache = new S2nMemorySessionCache(sessionsPerServer: 4 * AtATime),
            }))
            {
                UseProxy = false,
                PooledConnectionLifetime = lifetime,
                ConnectCallback = connections.OpenAsync,
            }
            : new SocketsHttpHandler
            {
                UseProxy = false,
                PooledConnectionLifetime = lifetime,
                ConnectCallback = connections.OpenAsync,
                SslOptions = contender == Contender.SslStream ? SslStreamKind.ClientOptions(shared) : new SslClientAuthenticationOptions(),
            };
    }

    private sealed class Running(HttpClient client, Contender contender, WebExchange exchange, LoopbackConnections connections) : Throughput
    {
        private readonly Uri _url = new($"{(contender == Contender.NoTls ? "http" : "https")}://{Credentials.Host}{exchange.Path()}");
        private bool _isChecked;
        private readonly int _batchEach = exchange.KeepsConnections() ? 20 : 3;

        internal override async Task<double[]> MeasureAsync(TimeSpan time)
        {
            double[] measured = await base.MeasureAsync(time);
            await CheckAsync();
            return measured;
        }

        /// <exception cref="InvalidOperationException">Something else was agreed on: what was measured is something else.</exception>
        internal async Task CheckAsync()
        {
            if (contender == Contender.NoTls || _isChecked)
            {
                return;
            }

            bool resumes = exchange.Resumes();
            if (resumes)
            {
                await AskAsync(); // so that there is a session
            }

            connections.Records = true;
            await AskAsync();
            connections.Records = false;
            var hello = ServerHello.Read(connections.Recorded);
            if (hello.IsResumed != resumes || hello.CipherSuite != TlsSetup.SuiteOf(resumes))
            {
                throw new InvalidOperationException($"The session was {(hello.IsResumed ? "" : "not ")}resumed, with {hello.CipherSuite}.");
            }

            _isChecked = exchange.KeepsConnections(); // there will be no other
        }

        protected override async Task<double> WorkAsync()
        {
            await Task.WhenAll(Enumerable.Range(0, AtATime).Select(_ => Task.Run(async () =>
            {
                for (int i = 0; i < _batchEach; i++)
                {
                    await AskAsync();
                }
            })));
            return AtATime * _batchEach;
        }

        private async Task AskAsync()
        {
            using HttpResponseMessage response = await client.GetAsync(_url, HttpCompletionOption.ResponseHeadersRead);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new InvalidOperationException($"The server has answered {response.StatusCode}.");
            }

            await response.Content.CopyToAsync(Stream.Null);
        }
    }
}
