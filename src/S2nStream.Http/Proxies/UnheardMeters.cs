using System.Diagnostics.Metrics;

namespace S2nTls.Http.Proxies;

/// <summary>Meters under a name without listeners: a request that makes a tunnel is not the program's, and SocketsHttpHandler does not count its own either.</summary>
internal sealed class UnheardMeters : IMeterFactory
{
    internal static readonly UnheardMeters Instance = new();

    private readonly Meter _meter = new("S2nStream.Http.ProxyTunnels");

    public Meter Create(MeterOptions options) => _meter;

    /// <summary>Lives as long as the process.</summary>
    public void Dispose()
    {
    }
}
