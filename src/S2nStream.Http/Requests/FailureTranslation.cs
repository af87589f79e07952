using System.Security.Authentication;
using S2nTls.Http.Proxies;

namespace S2nTls.Http.Requests;

/// <summary>
/// Gives failures of connecting the form that they have with SocketsHttpHandler. The inner handler wraps whatever its
/// <see cref="SocketsHttpHandler.ConnectCallback"/> throws, and does not know what it was about.
/// </summary>
internal static class FailureTranslation
{
    /// <param name="exception">What the inner handler has thrown.</param>
    /// <param name="request">The request that failed, where it is the program's.</param>
    /// <returns>Null where the exception has that form already.</returns>
    internal static HttpRequestException? Of(HttpRequestException exception, HttpRequestMessage? request = null) => exception.InnerException switch
    {
        HandshakeInterruptedException interrupted => Handshake(interrupted.InnerException!, request),
        AuthenticationException failed when exception.HttpRequestError == HttpRequestError.SecureConnectionError => Handshake(failed, request),
        S2nException { ErrorType: S2nErrorType.Closed } end => // of a proxy that is reached through TLS, as it is asked for a tunnel
            new HttpRequestException(HttpRequestError.ResponseEnded, "The connection ended, without a close_notify, before the response was complete.", end),
        ProxyTunnelException tunnel => new HttpRequestException(tunnel.HttpRequestError, tunnel.Message, tunnel.InnerException, tunnel.StatusCode),
        _ => null,
    };

    private static HttpRequestException Handshake(Exception cause, HttpRequestMessage? request)
    {
        var failure = new HttpRequestException(
            HttpRequestError.SecureConnectionError, $"The TLS connection could not be established: {cause.Message}", cause);
        if (request is { Headers.Protocol: not null } && request.Method == HttpMethod.Connect)
        {
            // By this ClientWebSocket knows that it may try again with HTTP/1.1: the server may have nothing else (RFC 8441).
            failure.Data["HTTP2_ENABLED"] = false;
        }

        return failure;
    }
}
