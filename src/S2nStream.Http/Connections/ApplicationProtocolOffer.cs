using System.Net.Security;
using S2nTls.Http.Requests;

namespace S2nTls.Http.Connections;

/// <summary>
/// Which application protocols a connection offers, so that the server's choice is what the inner handler's pool expects: the pool decides by the
/// request's version before it connects, and by an earlier refusal of HTTP/2.
/// </summary>
internal static class ApplicationProtocolOffer
{
    internal static readonly SslApplicationProtocol[] Http11 = [SslApplicationProtocol.Http11];

    private static readonly SslApplicationProtocol[] s_http2 = [SslApplicationProtocol.Http2];
    private static readonly SslApplicationProtocol[] s_either = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    /// <summary>.NET's switch for all of HttpClient, read as .NET reads it: the switch, otherwise the environment variable.</summary>
    private static readonly bool s_isHttp2Enabled =
        AppContext.TryGetSwitch("System.Net.Http.SocketsHttpHandler.Http2Support", out bool enabled)
            ? enabled
            : Environment.GetEnvironmentVariable("DOTNET_SYSTEM_NET_HTTP_SOCKETSHTTPHANDLER_HTTP2SUPPORT") is not { } variable ||
                !(variable == "0" || variable.Equals("false", StringComparison.OrdinalIgnoreCase));

    /// <param name="version">The request's, no higher than 2.</param>
    /// <param name="policy">The request's, not <see cref="HttpVersionPolicy.RequestVersionOrHigher"/>; see <see cref="HttpVersions"/>.</param>
    /// <param name="hasRefusedHttp2">Whether the origin has chosen HTTP/1.1 before although HTTP/2 was offered.</param>
    internal static SslApplicationProtocol[] For(Version version, HttpVersionPolicy policy, bool hasRefusedHttp2) =>
        version.Major < 2 || !s_isHttp2Enabled ? Http11
        : policy != HttpVersionPolicy.RequestVersionOrLower ? s_http2
        : hasRefusedHttp2 ? Http11
        : s_either;

    /// <summary>Whether HTTP/2 was offered and the server did not choose it.</summary>
    internal static bool IsRefusedBy(SslApplicationProtocol chosen, SslApplicationProtocol[] offered) =>
        offered[0] == SslApplicationProtocol.Http2 && chosen != SslApplicationProtocol.Http2;
}
