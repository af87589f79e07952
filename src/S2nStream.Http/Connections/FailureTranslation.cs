using System.Security.Authentication;

namespace S2nTls.Http.Connections;

/// <summary>
/// Gives failures of connecting the form that they have with SocketsHttpHandler. The inner handler wraps whatever its
/// <see cref="SocketsHttpHandler.ConnectCallback"/> throws, and does not know what it was about.
/// </summary>
internal static class FailureTranslation
{
    /// <returns>Null where the exception has that form already.</returns>
    internal static HttpRequestException? Of(HttpRequestException exception) => exception.InnerException switch
    {
        HandshakeInterruptedException interrupted => Handshake(interrupted.InnerException!),
        AuthenticationException failed when exception.HttpRequestError == HttpRequestError.SecureConnectionError => Handshake(failed),
        ProxyTunnelException tunnel => new HttpRequestException(tunnel.HttpRequestError, tunnel.Message, tunnel.InnerException, tunnel.StatusCode),
        _ => null,
    };

    private static HttpRequestException Handshake(Exception cause) =>
        new(HttpRequestError.SecureConnectionError, $"The TLS connection could not be established: {cause.Message}", cause);
}
