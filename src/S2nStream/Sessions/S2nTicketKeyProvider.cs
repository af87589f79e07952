namespace S2nTls;

/// <summary>Says which key encrypts session tickets when. Servers whose providers agree accept each other's tickets.</summary>
public abstract class S2nTicketKeyProvider
{
    /// <summary>
    /// Gets the key of a period. A ring asks for the key of the current period, of the coming one, and of past ones whose tickets are
    /// still accepted, and keeps what it gets: it asks for each once, as long as contexts use the ring, and again for what it did not get. So
    /// the answer for a period should always be the same, at all servers that share keys.
    /// </summary>
    /// <remarks>
    /// The first time it is called by whoever makes the first context of the ring (<see cref="S2nContext.CreateServer"/>), which
    /// throws what this throws. Later it is called on a thread of the pool, never on that of a handshake, which it may block: handshakes
    /// go on with the keys at hand, and nothing is asked meanwhile. A ring makes one call at a time. What it throws then is told by
    /// <see cref="S2nTicketKeyRing.Failed"/>, and it is asked again after a second, and after pauses that grow.
    /// </remarks>
    /// <param name="period">The number of whole rotations since 1970-01-01T00:00Z; see <see cref="S2nTicketKeyRing.Rotation"/>.</param>
    /// <returns>
    /// The key, a new object each time: the ring wipes it after use. Each period's key has a name and a secret of its own. Null where there is none,
    /// because it is too old, say. That is no failure. But null for the current period is asked for again soon, as after a failure.
    /// </returns>
    public abstract S2nTicketKey? GetKey(long period);
}
