using System.Collections.Concurrent;
using System.Net;

namespace S2nTls.Http.Connections;

/// <summary>
/// The proxy as the inner handler sees it: none for https, for which <see cref="ProxyTunnels"/> are made, and for http the user's. One that is to
/// be reached through TLS is shown to it as one that is not, and its connections are made by s2n. Thread-safe.
/// </summary>
internal sealed class SecureProxies(IWebProxy proxy, ICredentials? defaultCredentials) : IWebProxy
{
    private readonly ConcurrentDictionary<(string Host, int Port), bool> _secure = [];

    public ICredentials? Credentials
    {
        get => ProxyCredentials.Of(proxy.Credentials ?? defaultCredentials);
        set => throw new NotSupportedException();
    }

    public bool IsBypassed(Uri host) => host.Scheme == Uri.UriSchemeHttps || host.Scheme == Uri.UriSchemeWss || proxy.IsBypassed(host);

    public Uri? GetProxy(Uri destination)
    {
        if (proxy.GetProxy(destination) is not { } chosen || chosen.Scheme != Uri.UriSchemeHttps)
        {
            return proxy.GetProxy(destination);
        }

        _secure.TryAdd((chosen.IdnHost, chosen.Port), true);
        return WithoutTls(chosen);
    }

    /// <summary>Whether an endpoint is a proxy that is to be reached through TLS.</summary>
    internal bool Contains(DnsEndPoint endPoint) => _secure.ContainsKey((endPoint.PlainHost(), endPoint.Port));

    /// <summary>The proxy's URL with the scheme that SocketsHttpHandler adds no TLS to.</summary>
    internal static Uri WithoutTls(Uri proxy) => new UriBuilder(Uri.UriSchemeHttp, proxy.IdnHost, proxy.Port).Uri;
}
