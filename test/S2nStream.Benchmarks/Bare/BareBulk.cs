using S2nTls.Benchmarks.Measuring;

namespace S2nTls.Benchmarks.Bare;

/// <summary>Data in one direction through s2n alone, on one thread: what is written is read before the next write.</summary>
internal sealed class BareBulk : Throughput
{
    private const int ReadSize = 64 * 1024;
    private const int Batch = 8 * 1024 * 1024;

    private readonly BarePair _pair;
    private readonly byte[] _data;
    private readonly byte[] _received = new byte[ReadSize];

    private BareBulk(BarePair pair, int writeSize)
    {
        _pair = pair;
        _data = new byte[writeSize];
        Owned = [pair];
    }

    internal static BareBulk Prepare(Streams.TlsSetup setup, int writeSize)
    {
        var pair = new BarePair(setup);
        pair.Connect();
        return new BareBulk(pair, writeSize);
    }

    protected override Task<double> WorkAsync()
    {
        for (int sent = 0; sent < Batch; sent += _data.Length)
        {
            _pair.Transfer(_data, _received);
        }

        return Task.FromResult(Batch / 1e6);
    }
}
