using System.Security.Authentication;

namespace S2nTls.Http.Requests;

/// <summary>
/// A handshake that ended by something else than TLS: because the transport did, or a callback threw. It is an <see cref="AuthenticationException"/> so that the inner handler
/// counts it with the failures of TLS, and not of TCP; nobody but <see cref="FailureTranslation"/> sees it.
/// </summary>
internal sealed class HandshakeInterruptedException(Exception cause) : AuthenticationException(cause.Message, cause);
