namespace S2nTls;

/// <summary>
/// Chooses what a server is to be for a client, when it has read the client's hello and before it has answered.
/// </summary>
/// <remarks>
/// It is called once for each connection, on the thread that drives the handshake, and by many handshakes at
/// once; the client waits for as long as it takes. It is not called for a hello that is malformed, nor again for the second hello
/// that follows a HelloRetryRequest (RFC 8446 §4.1.4).
/// </remarks>
/// <param name="stream">The stream, which is not authenticated yet. Its <see cref="S2nStream.TargetHostName"/> is the name that the client asks for.</param>
/// <param name="clientHello">What the client has sent. It may be kept.</param>
/// <param name="cancellationToken">Cancelled with that of the authenticating call, and when the stream is disposed. The handshake ends then, whether it is heeded or not.</param>
/// <returns>
/// A server's context to go on with, which must not be disposed before the call that authenticates has returned; or null to refuse the client,
/// as a <see cref="S2nClientRefusedException"/> does that says why.
/// </returns>
public delegate ValueTask<S2nContext?> S2nClientHelloCallback(S2nStream stream, S2nClientHello clientHello, CancellationToken cancellationToken);
