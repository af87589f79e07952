namespace S2nTls;

/// <summary>
/// Where a client's context keeps sessions between connections. Derive from it to keep them elsewhere, in a
/// file or for several processes (<see cref="S2nSession.Serialize"/>). Its methods are called by many
/// connections at once.
/// </summary>
public abstract class S2nSessionCache
{
    /// <summary>
    /// Keeps a session that a server has issued. Called by the handshake (TLS 1.2), or by the read that has met the ticket (TLS 1.3), which do not
    /// wait for the task: data is not held up.
    /// </summary>
    /// <remarks>What it throws ends the connection: at once, or, where it comes later, at the next read that reaches s2n. After the connection's end it is nobody's.</remarks>
    /// <param name="session">The session. It is the cache's from now on.</param>
    public abstract ValueTask AddAsync(S2nSession session);

    /// <summary>
    /// Takes a session of a server out of the cache, the one that was issued last first. Called by a handshake before it sends anything, which waits
    /// for the answer; and again, where what it was given does not serve: it has expired, or was made under other terms.
    /// </summary>
    /// <param name="origin">The server.</param>
    /// <param name="cancellationToken">Cancelled when the handshake was, or its stream disposed: nobody waits any more.</param>
    /// <returns>A session, which is not to be given again: each should be offered once only (RFC 8446 §C.4). Null where there is none.</returns>
    /// <remarks>What it throws is thrown by the authenticating call.</remarks>
    public abstract ValueTask<S2nSession?> TakeAsync(S2nSessionOrigin origin, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets a server's sessions. Called when a handshake has failed that offered one: some servers refuse what they cannot resume with a fatal alert, and would
    /// refuse the next one too. Nobody waits for the task, and what it throws is dropped: the handshake has failed already, for another reason.
    /// </summary>
    /// <param name="origin">The server.</param>
    /// <remarks>Does nothing unless it is overridden.</remarks>
    public virtual ValueTask RemoveAsync(S2nSessionOrigin origin) => default;
}
