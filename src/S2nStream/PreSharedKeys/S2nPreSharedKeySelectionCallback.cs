namespace S2nTls;

/// <summary>
/// Chooses the pre-shared key of a connection, on a server. The handshake waits for the answer. Many connections call it concurrently; the
/// authenticating call throws what it throws.
/// </summary>
/// <param name="offer">What the client offers.</param>
/// <param name="cancellationToken">Cancelled when the token of the authenticating call is, or the stream is disposed. The handshake then ends, even if the callback ignores it.</param>
/// <returns>
/// A key with one of the offered identities. The callback keeps ownership, and must not dispose it before the handshake has continued. Null if
/// none is known: the server then sends a certificate, or, if it has none, refuses the client.
/// </returns>
public delegate ValueTask<S2nPreSharedKey?> S2nPreSharedKeySelectionCallback(S2nPreSharedKeyOffer offer, CancellationToken cancellationToken);
