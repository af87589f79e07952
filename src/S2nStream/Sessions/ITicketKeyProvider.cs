namespace S2nTls;

/// <summary>Says which key encrypts session tickets when. Servers whose providers agree accept each other's tickets.</summary>
public interface ITicketKeyProvider
{
    /// <summary>
    /// Gets the key of a period: the same one whenever it is asked, as long as the period's tickets are
    /// accepted. It is called now and then by a connection that begins, for past periods and the coming one too,
    /// possibly by several threads, and must not block for long; whoever fetches keys from afar does so ahead of time.
    /// </summary>
    /// <param name="period">The number of whole rotations since 1970-01-01T00:00Z; see <see cref="TicketKeyRing.Rotation"/>.</param>
    /// <returns>The key, which is wiped after use: a new object each time. Null where there is none, because it is too old, say.</returns>
    public TicketKey? GetKey(long period);
}
