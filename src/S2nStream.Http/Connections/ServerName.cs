using System.Net;

namespace S2nTls.Http.Connections;

/// <summary>The name that is sent to the server (SNI), and that its certificate must contain.</summary>
internal static class ServerName
{
    /// <summary>
    /// The name in the Host header, as with SocketsHttpHandler, which keeps separate pools by it; otherwise the endpoint's. Never the URL's: a
    /// redirect changes that while a connection for the old one is still being made.
    /// </summary>
    internal static string Of(HttpRequestMessage request, DnsEndPoint endPoint) =>
        request.Headers.Host is { } header ? WithoutPort(header) : endPoint.PlainHost();

    /// <summary>An IPv6 address is in brackets (RFC 9110 §7.2).</summary>
    private static string WithoutPort(string header)
    {
        if (header.StartsWith('['))
        {
            int end = header.IndexOf(']', StringComparison.Ordinal);
            return end > 0 ? header[1..end] : header;
        }

        int port = header.LastIndexOf(':');
        return port >= 0 ? header[..port] : header;
    }
}
