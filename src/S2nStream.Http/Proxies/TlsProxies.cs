using System.Collections.Concurrent;
using System.Net;
using S2nTls.Http.Connections;

namespace S2nTls.Http.Proxies;

/// <summary>The proxies that are reached through TLS, which SocketsHttpHandler does not know about (<see cref="WithoutTls"/>). Thread-safe.</summary>
internal sealed class TlsProxies
{
    private readonly ConcurrentDictionary<(string Host, int Port), bool> _proxies = [];

    /// <summary>The proxy's URL with a scheme for which SocketsHttpHandler does not add TLS.</summary>
    internal static Uri WithoutTls(Uri proxy) => new UriBuilder(Uri.UriSchemeHttp, proxy.IdnHost, proxy.Port).Uri;

    internal void Add(Uri proxy) => _proxies.TryAdd((proxy.IdnHost, proxy.Port), true);

    /// <param name="withoutTls">A URL, made by <see cref="WithoutTls"/> or not.</param>
    internal bool Contains(Uri withoutTls) => withoutTls.Scheme == Uri.UriSchemeHttp && _proxies.ContainsKey((withoutTls.IdnHost, withoutTls.Port));

    internal bool Contains(DnsEndPoint endPoint) => _proxies.ContainsKey((endPoint.PlainHost(), endPoint.Port));
}
