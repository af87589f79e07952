namespace S2nTls;

/// <summary>
/// Where a client context keeps sessions between connections. Derive from it to keep them elsewhere, in a file or for several processes
/// (<see cref="S2nSession.Serialize"/>). Many connections call its methods concurrently.
/// </summary>
public abstract class S2nSessionCache
{
    /// <summary>
    /// Keeps a session that a server has issued. Called by the handshake (TLS 1.2), or by the read that received the ticket (TLS 1.3). Neither waits
    /// for the task: data is not delayed.
    /// </summary>
    /// <remarks>
    /// What it throws ends the connection: at once, or, if thrown later, at the next read that reaches s2n. After the connection's end it is
    /// dropped.
    /// </remarks>
    /// <param name="session">The session, which now belongs to the cache.</param>
    public abstract ValueTask AddAsync(S2nSession session);

    /// <summary>
    /// Takes a server's session out of the cache, the most recently issued first. A handshake calls it before it sends anything, and waits for the
    /// answer; it calls again if it cannot use the session, because that has expired or was made on other terms.
    /// </summary>
    /// <param name="origin">The server.</param>
    /// <param name="cancellationToken">Cancelled when the handshake is, or when its stream is disposed: the answer is no longer waited for.</param>
    /// <returns>A session, which must not be returned again: each should be offered only once (RFC 8446 §C.4). Null if there is none.</returns>
    /// <remarks>The authenticating call throws what it throws.</remarks>
    public abstract ValueTask<S2nSession?> TakeAsync(S2nSessionOrigin origin, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets a server's sessions. Called when a handshake that offered one has failed: some servers refuse a session that they cannot resume with a
    /// fatal alert, and would refuse the next one too. The task is not waited for, and what it throws is dropped: the handshake has already failed,
    /// for another reason.
    /// </summary>
    /// <param name="origin">The server.</param>
    /// <remarks>Does nothing unless overridden.</remarks>
    public virtual ValueTask RemoveAsync(S2nSessionOrigin origin) => default;
}
