using System.Net;
using System.Net.Security;

namespace S2nTls.Telemetry;

/// <summary>What a handshake has negotiated. Read only if someone wants it.</summary>
/// <param name="CipherSuite">The cipher suite.</param>
/// <param name="Group">The key-exchange group; null if there was none.</param>
/// <param name="IsResumed">Whether a session was resumed.</param>
/// <param name="ApplicationProtocol">The application protocol; empty if none was agreed on.</param>
/// <param name="Peer">The peer's address; null if unknown.</param>
internal readonly record struct HandshakeSuccess(
    TlsCipherSuite CipherSuite, TlsNamedGroup? Group, bool IsResumed, SslApplicationProtocol ApplicationProtocol, EndPoint? Peer);
