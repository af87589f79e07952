using System.Net;

namespace S2nTls.Http.Proxies;

/// <summary>
/// The credentials for a proxy. SocketsHttpHandler asks for them with http; those of a proxy that is reached through TLS may be stored under its
/// real URL, and must not be used for another.
/// </summary>
internal sealed class ProxyCredentials(ICredentials credentials, TlsProxies tlsProxies) : ICredentials
{
    internal static ICredentials? Of(ICredentials? credentials, TlsProxies tlsProxies) => credentials switch
    {
        null => null,
        CredentialCache cache => new ProxyCredentials(cache, tlsProxies),
        _ => credentials, // the same for every URL, or the user's own implementation decides
    };

    public NetworkCredential? GetCredential(Uri uri, string authType) =>
        credentials.GetCredential(uri, authType) ??
        (tlsProxies.Contains(uri) ? credentials.GetCredential(new UriBuilder(uri) { Scheme = Uri.UriSchemeHttps }.Uri, authType) : null);
}
