namespace S2nTls;

/// <summary>
/// Where a client's context keeps sessions between connections. Derive from it to keep them elsewhere, in a
/// file or for several processes (<see cref="S2nSession.Serialize"/>). Its methods are called by many
/// connections at once, and must not block for long; what they throw ends the connection.
/// </summary>
public abstract class S2nSessionCache
{
    /// <summary>Keeps a session that a server has issued.</summary>
    protected internal abstract void Add(S2nSession session);

    /// <summary>Takes a session for a host out of the cache, the oldest that is still good first: each should be offered once only.</summary>
    /// <param name="targetHost">The host, as it was given to <c>AuthenticateAsClient</c>.</param>
    /// <returns>Null where there is none.</returns>
    protected internal abstract S2nSession? Take(string targetHost);
}
