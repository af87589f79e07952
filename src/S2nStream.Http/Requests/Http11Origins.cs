using System.Collections.Concurrent;
using System.Net;
using S2nTls.Http.Connections;

namespace S2nTls.Http.Requests;

/// <summary>
/// The origins that have refused HTTP/2. From then on the inner handler uses HTTP/1.1 with them, so a connection must not offer both again.
/// Thread-safe.
/// </summary>
/// <remarks>
/// An entry is kept until the handler is disposed, because there is no way to know when the inner handler has forgotten it: kept too long, it only
/// leaves an origin on HTTP/1.1. A client that connects to very many origins occasionally forgets them all, and offers both again, which matters
/// only if a server has changed its mind.
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

    /// <summary>What distinguishes the inner handler's pools.</summary>
    private readonly record struct Origin(string Host, int Port, string ServerName);
}
