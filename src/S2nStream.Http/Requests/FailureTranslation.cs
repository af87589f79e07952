using System.Security.Authentication;
using S2nTls.Http.Proxies;

namespace S2nTls.Http.Requests;

/// <summary>
/// Gives connection failures the same form as with SocketsHttpHandler. The inner handler wraps whatever its
/// <see cref="SocketsHttpHandler.ConnectCallback"/> throws, without knowing the cause.
/// </summary>
internal static class FailureTranslation
{
    /// <param name="exception">What the inner handler threw.</param>
    /// <param name="request">The failed request, if it is the program's.</param>
    /// <returns>Null if the exception already has that form.</returns>
    internal static HttpRequestException? Of(HttpRequestException exception, HttpRequestMessage? request = null) => exception.InnerException switch
    {
        HandshakeInterruptedException interrupted => Handshake(interrupted.InnerException!, request),
        AuthenticationException failed when exception.HttpRequestError == HttpRequestError.SecureConnectionError => Handshake(failed, request),
        S2nException { ErrorType: S2nErrorType.Closed } end => // from a proxy reached through TLS, while requesting a tunnel
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
            // Tells ClientWebSocket that it may retry with HTTP/1.1: the server may support nothing else (RFC 8441).
            failure.Data["HTTP2_ENABLED"] = false;
        }

        return failure;
    }
}
