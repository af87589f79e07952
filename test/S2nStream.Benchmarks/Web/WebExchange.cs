using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace S2nTls.Benchmarks.Web;

/// <summary>What clients and a web server do.</summary>
internal enum WebExchange
{
    /// <summary>Answers of 13 bytes, on connections that stay.</summary>
    Small,

    /// <summary>Answers of 64 KiB, on connections that stay.</summary>
    Large,

    /// <summary>Answers of 13 bytes, several at a time on one connection of HTTP/2.</summary>
    SmallOverHttp2,

    /// <summary>A small answer on each connection, after a full handshake.</summary>
    NewConnection,

    /// <summary>The same, resuming a session.</summary>
    ResumedConnection,
}

internal static class WebExchanges
{
    internal static bool KeepsConnections(this WebExchange exchange) => exchange is WebExchange.Small or WebExchange.Large or WebExchange.SmallOverHttp2;

    internal static bool Resumes(this WebExchange exchange) => exchange == WebExchange.ResumedConnection;

    internal static HttpProtocols Protocols(this WebExchange exchange) => exchange == WebExchange.SmallOverHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1;

    internal static Version Version(this WebExchange exchange) => exchange == WebExchange.SmallOverHttp2 ? HttpVersion.Version20 : HttpVersion.Version11;

    internal static string Path(this WebExchange exchange) => exchange == WebExchange.Large ? "/large" : "/";
}
