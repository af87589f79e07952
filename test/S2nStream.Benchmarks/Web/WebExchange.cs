namespace S2nTls.Benchmarks.Web;

/// <summary>What clients and a web server do.</summary>
internal enum WebExchange
{
    /// <summary>Answers of 13 bytes, on connections that stay.</summary>
    Small,

    /// <summary>Answers of 64 KiB, on connections that stay.</summary>
    Large,

    /// <summary>A small answer on each connection, after a full handshake.</summary>
    NewConnection,

    /// <summary>The same, resuming a session.</summary>
    ResumedConnection,
}

internal static class WebExchanges
{
    internal static bool KeepsConnections(this WebExchange exchange) => exchange is WebExchange.Small or WebExchange.Large;

    internal static string Path(this WebExchange exchange) => exchange == WebExchange.Large ? "/large" : "/";
}
