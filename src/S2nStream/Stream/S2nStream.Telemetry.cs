using System.Security.Authentication;
using S2nTls.Engine;
using S2nTls.Errors;
using S2nTls.Telemetry;

namespace S2nTls;

/// <content>What is reported of handshakes (docs/observability.md).</content>
public partial class S2nStream
{
    private void TellSuccess(HandshakeWatch watch, TlsConnection connection)
    {
        SslProtocols protocol = connection.Protocol;
        HandshakeSuccess success = watch.WantsDetails
            ? new(connection.CipherSuite, connection.KeyExchangeGroup, connection.IsSessionResumed, connection.ApplicationProtocol, _transport.RemoteEndPoint)
            : default;
        connection.CountAsOpen(protocol);
        watch.Succeed(_isServer, protocol, success);
    }

    /// <param name="watch">The handshake.</param>
    /// <param name="shown">What the caller gets.</param>
    /// <param name="met">What was met: the same, or its reason.</param>
    private void TellFailure(HandshakeWatch watch, Exception shown, Exception met)
    {
        S2nException? error = met as S2nException ?? _connection?.Fault?.ToException();
        watch.Fail(_isServer, new HandshakeFailure(
            shown,
            error?.S2nErrorName ?? met.GetType().FullName!,
            error?.LastHandshakeMessage,
            error?.Alert,
            error is null ? null : ErrorAdvice.For(error.S2nErrorName, error.ErrorType).Remedy,
            _transport.RemoteEndPoint));
    }
}
