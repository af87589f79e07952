using System.Security.Authentication;

namespace S2nTls.Http.Requests;

/// <summary>
/// A handshake that did not fail because of TLS, but because the transport failed or a callback threw. It is an
/// <see cref="AuthenticationException"/> so that the inner handler counts it as a TLS failure, not a TCP failure; only
/// <see cref="FailureTranslation"/> sees it.
/// </summary>
internal sealed class HandshakeInterruptedException(Exception cause) : AuthenticationException(cause.Message, cause);
