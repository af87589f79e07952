using System.Collections.Concurrent;
using System.Net;
using S2nTls.Http.Connections;

namespace S2nTls.Http.Requests;

/// <summary>
/// The origins that have refused HTTP/2. The inner handler asks them for HTTP/1.1 from then on, and a connection on which
/// they were offered both again would not fit. Thread-safe.
/// </summary>
/// <remarks>
/// It is kept until the handler is disposed, since nobody tells when the inner handler has forgotten: kept too long it only
/// leaves an origin on HTTP/1.1. A client that meets very many origins forgets them all at times, and offers both again, which matters only where a
/// server has changed its mind.
/// </remarks>
internal sealed class Http11Origins
{
    internal const int Most = 10_000;

    private readonly ConcurrentDictionary<Origin, bool> _origins = [];
    private int _count;

    internal bool Contains(DnsEndPoint endPoint, string serverName) => _origins.ContainsKey(new Origin(endPoint.Host, endPoint.Port, serverName));

    internal void Add(DnsEndPoint endPoint, string serverName)
    {
        if (_origins.TryAdd(new Origin(endPoint.Host, endPoint.Port, serverName), true) && Interlocked.Increment(ref _count) > Most)
        {
            _origins.Clear();
            Volatile.Write(ref _count, 0);
        }
    }

    /// <summary>What tells the inner handler's pools apart.</summary>
    private readonly record struct Origin(string Host, int Port, string ServerName);
}
