namespace S2nTls;

/// <summary>Determines which key encrypts session tickets when. Servers whose providers agree accept each other's tickets.</summary>
public abstract class S2nTicketKeyProvider
{
    /// <summary>
    /// Gets the key of a period. A ring asks for the keys of the current period, of the next one, and of past ones whose tickets are still accepted.
    /// While contexts use the ring, it keeps them, and asks again only for those that it did not get. The answer for a period should always be the
    /// same, on all servers that share keys.
    /// </summary>
    /// <remarks>
    /// First called while the ring's first context is made (<see cref="S2nContext.CreateServer"/>), which throws what this throws. Later it is called
    /// on a pool thread, never on a handshake's, and may block: handshakes continue with the keys at hand, and nothing else is asked meanwhile. A
    /// ring makes one call at a time. What it then throws is reported by <see cref="S2nTicketKeyRing.Failed"/>, and it is called again after a
    /// second, and then after increasing pauses.
    /// </remarks>
    /// <param name="period">The number of whole rotations since 1970-01-01T00:00Z; see <see cref="S2nTicketKeyRing.Rotation"/>.</param>
    /// <returns>
    /// The key, a new object each time: the ring wipes it after use. Each period's key has its own name and secret. Null if there is none, for example
    /// because it is too old. That is not a failure, but if the current period has none, the ring soon asks again, as after a failure.
    /// </returns>
    public abstract S2nTicketKey? GetKey(long period);
}
