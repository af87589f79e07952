namespace S2nTls;

/// <summary>Chooses a server's context for a client, after the ClientHello has been read and before it is answered.</summary>
/// <remarks>
/// Called once for each connection, on the thread that drives the handshake, and by many handshakes concurrently; the client waits for as long as
/// it takes. Not called for a malformed ClientHello, nor again for the second one that follows a HelloRetryRequest (RFC 8446 §4.1.4).
/// </remarks>
/// <param name="stream">The stream, not authenticated yet. Its <see cref="S2nStream.TargetHostName"/> is the name that the client asks for.</param>
/// <param name="clientHello">What the client sent. It may be kept.</param>
/// <param name="cancellationToken">Cancelled when the token of the authenticating call is, or the stream is disposed. The handshake then ends, even if the callback ignores it.</param>
/// <returns>
/// The server context to continue with, which must not be disposed before the authenticating call has returned; or null to refuse the client. To
/// say why, throw a <see cref="S2nClientRefusedException"/> instead.
/// </returns>
public delegate ValueTask<S2nContext?> S2nClientHelloCallback(S2nStream stream, S2nClientHello clientHello, CancellationToken cancellationToken);
