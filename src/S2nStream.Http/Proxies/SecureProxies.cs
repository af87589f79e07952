using System.Net;

namespace S2nTls.Http.Proxies;

/// <summary>
/// The proxy as the inner handler sees it: none for https, which uses <see cref="ProxyTunnels"/>, and the user's for http. A proxy that is reached
/// through TLS is presented as one that is not, and s2n makes its connections. Thread-safe.
/// </summary>
internal sealed class SecureProxies(IWebProxy proxy, ICredentials? defaultCredentials) : IWebProxy
{
    private readonly TlsProxies _tlsProxies = new();

    public ICredentials? Credentials
    {
        get => ProxyCredentials.Of(proxy.Credentials ?? defaultCredentials, _tlsProxies);
        set => throw new NotSupportedException();
    }

    public bool IsBypassed(Uri host) => host.Scheme == Uri.UriSchemeHttps || host.Scheme == Uri.UriSchemeWss || proxy.IsBypassed(host);

    public Uri? GetProxy(Uri destination)
    {
        // Asked once: the next answer may differ.
        Uri? chosen = proxy.GetProxy(destination);
        if (chosen is null || chosen.Scheme != Uri.UriSchemeHttps)
        {
            return chosen;
        }

        _tlsProxies.Add(chosen);
        return TlsProxies.WithoutTls(chosen);
    }

    /// <summary>Whether an endpoint is a proxy that is reached through TLS.</summary>
    internal bool Contains(DnsEndPoint endPoint) => _tlsProxies.Contains(endPoint);
}
