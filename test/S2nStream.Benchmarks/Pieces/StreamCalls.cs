using BenchmarkDotNet.Attributes;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Pieces;

/// <summary>One asynchronous write, and the read of what it wrote, in memory.</summary>
[MemoryDiagnoser]
public class StreamCalls
{
    private readonly List<IAsyncDisposable> _open = [];
    private byte[] _data = [];
    private byte[] _received = [];
    private (Stream Client, Stream Server) _s2nStreams;
    private (Stream Client, Stream Server) _sslStreams;

    [Params(1024, 16 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public async Task ConnectAsync()
    {
        _data = new byte[Size];
        _received = new byte[Size];
        var setup = new TlsSetup(Credentials.P256());
        _s2nStreams = await ConnectAsync(Contender.S2nStream, setup);
        _sslStreams = await ConnectAsync(Contender.SslStream, setup);
    }

    [GlobalCleanup]
    public async Task DisconnectAsync()
    {
        foreach (IAsyncDisposable stream in _open)
        {
            await stream.DisposeAsync();
        }
    }

    [Benchmark(Baseline = true)]
    public Task SslStream() => WriteAndReadAsync(_sslStreams);

    [Benchmark]
    public Task S2nStream() => WriteAndReadAsync(_s2nStreams);

    /// <summary>Completes at once, with a task that costs nothing: what is allocated is the streams' doing.</summary>
    private async Task WriteAndReadAsync((Stream Client, Stream Server) streams)
    {
        await streams.Client.WriteAsync(_data);
        await streams.Server.ReadExactlyAsync(_received);
    }

    private async Task<(Stream Client, Stream Server)> ConnectAsync(Contender contender, TlsSetup setup)
    {
        using StreamKind kind = StreamKind.Create(contender, setup);
        (Stream client, Stream server) = await kind.ConnectAsync(DuplexMemoryStream.CreatePair());
        _open.AddRange([client, server]);
        return (client, server);
    }
}
