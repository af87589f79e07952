using System.Net;

namespace S2nTls.Http.Connections;

/// <summary>The credentials for a proxy, which may be kept under the URL that it really has: SocketsHttpHandler asks for them with http.</summary>
internal sealed class ProxyCredentials(ICredentials credentials) : ICredentials
{
    internal static ICredentials? Of(ICredentials? credentials) => credentials switch
    {
        null => null,
        CredentialCache cache => new ProxyCredentials(cache),
        _ => credentials, // the same for every URL, or the user's own to tell apart
    };

    public NetworkCredential? GetCredential(Uri uri, string authType) =>
        credentials.GetCredential(uri, authType) ??
        credentials.GetCredential(new UriBuilder(uri) { Scheme = Uri.UriSchemeHttps }.Uri, authType);
}
