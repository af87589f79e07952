using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>Kestrel's TLS log entries: in its category, with its events, so that existing log filters find them.</summary>
internal static partial class HandshakeLog
{
    /// <summary>The category of Kestrel's own middleware.</summary>
    internal const string Category = "Microsoft.AspNetCore.Server.Kestrel.Https.Internal.HttpsConnectionMiddleware";

    [LoggerMessage(1, LogLevel.Debug, "The TLS handshake of an HTTPS connection failed.", EventName = "AuthenticationFailed")]
    internal static partial void AuthenticationFailed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Debug, "The TLS handshake of an HTTPS connection took too long.", EventName = "AuthenticationTimedOut")]
    internal static partial void AuthenticationTimedOut(ILogger logger);

    [LoggerMessage(3, LogLevel.Debug, "Connection \"{ConnectionId}\" is secured by {Protocol}.", EventName = "HttpsConnectionEstablished")]
    internal static partial void HttpsConnectionEstablished(ILogger logger, string connectionId, SslProtocols protocol);
}
