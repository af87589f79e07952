namespace S2nTls;

/// <summary>
/// Chooses the pre-shared key of a connection, on a server. The handshake waits for the answer. It is called by many connections at once;
/// what it throws is thrown by the authenticating call.
/// </summary>
/// <param name="offer">What the client offers.</param>
/// <param name="cancellationToken">Cancelled with that of the authenticating call, and when the stream is disposed. The handshake ends then, whether it is heeded or not.</param>
/// <returns>
/// A key with one of the identities that are offered. It stays the callback's, and must not be disposed before the handshake has gone on. Null where
/// none is known: the server then shows a certificate, or where it has none refuses the client.
/// </returns>
public delegate ValueTask<S2nPreSharedKey?> S2nPreSharedKeySelectionCallback(S2nPreSharedKeyOffer offer, CancellationToken cancellationToken);
