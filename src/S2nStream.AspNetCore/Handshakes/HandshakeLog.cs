using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>Kestrel's TLS log entries: in its category, with its events, so that existing log filters find them.</summary>
internal static partial class HandshakeLog
{
    /// <summary>The category of Kestrel's own middleware.</summary>
    internal const string Category = "Microsoft.AspNetCore.Server.Kestrel.Https.Internal.HttpsConnectionMiddleware";

    /// <param name="services">The application's; if null, nothing is logged.</param>
    internal static ILogger Create(IServiceProvider? services) => (services?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(Category);

    [LoggerMessage(1, LogLevel.Debug, "The TLS handshake of an HTTPS connection failed.", EventName = "AuthenticationFailed")]
    internal static partial void AuthenticationFailed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Debug, "The TLS handshake of an HTTPS connection took too long.", EventName = "AuthenticationTimedOut")]
    internal static partial void AuthenticationTimedOut(ILogger logger);

    [LoggerMessage(3, LogLevel.Debug, "Connection \"{ConnectionId}\" is secured by {Protocol}.", EventName = "HttpsConnectionEstablished")]
    internal static partial void HttpsConnectionEstablished(ILogger logger, string connectionId, SslProtocols protocol);

    [LoggerMessage(5, LogLevel.Debug, "The certificate {Thumbprint} has no private key: looking for it in the certificate stores.", EventName = "LocateCertWithPrivateKey")]
    internal static partial void LocateCertWithPrivateKey(ILogger logger, string thumbprint);

    [LoggerMessage(6, LogLevel.Debug, "The certificate {Thumbprint} was found with its private key in the {StoreName} store.", EventName = "FoundCertWithPrivateKey")]
    internal static partial void FoundCertWithPrivateKey(ILogger logger, string thumbprint, StoreLocation storeName);

    [LoggerMessage(7, LogLevel.Debug, "A certificate store could not be searched.", EventName = "FailToLocateCertificate")]
    internal static partial void FailToLocateCertificate(ILogger logger, Exception exception);

    [LoggerMessage(8, LogLevel.Debug, "The {StoreName} certificate store could not be opened.", EventName = "FailToOpenStore")]
    internal static partial void FailToOpenStore(ILogger logger, StoreLocation storeName, Exception exception);

    [LoggerMessage(
        9, LogLevel.Information, "The certificate {Thumbprint} has no subject alternative name: browsers may refuse it.", EventName = "NoSubjectAlternativeName")]
    internal static partial void NoSubjectAlternativeName(ILogger logger, string thumbprint);
}
