using System.Net;
using System.Security.Authentication;
using S2nTls.Engine;
using S2nTls.Errors;
using S2nTls.Telemetry;

namespace S2nTls;

/// <content>What is reported of handshakes (docs/observability.md).</content>
public partial class S2nStream
{
    /// <summary>The peer's address; null if unknown. Sockets for both versions of IP write those of IPv4 in another way.</summary>
    private EndPoint? Peer => _transport.RemoteEndPoint switch
    {
        IPEndPoint { Address: { IsIPv4MappedToIPv6: true } address, Port: var port } => new IPEndPoint(address.MapToIPv4(), port),
        var other => other,
    };

    private void TellSuccess(HandshakeWatch watch, TlsConnection connection)
    {
        SslProtocols protocol = connection.Protocol;
        HandshakeSuccess success = watch.WantsDetails
            ? new(connection.CipherSuite, connection.KeyExchangeGroup, connection.IsSessionResumed, connection.ApplicationProtocol, Peer)
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
            Peer));
    }
}
