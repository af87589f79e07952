namespace S2nTls;

/// <summary>
/// Decides which offers of early data a server accepts. Early data can be recorded on the way and sent again, any number of times and to every
/// server that has the key (RFC 8446 §8): a guard that always answers true lets requests be made twice. Many connections call its methods
/// concurrently.
/// </summary>
/// <remarks><see cref="S2nSingleUseEarlyDataGuard"/> serves a single process. For a fleet, derive from this class and query a store that all servers share.</remarks>
public abstract class S2nEarlyDataGuard
{
    /// <summary>
    /// Makes data to be sealed into the ticket of a new connection, which comes back as <see cref="S2nEarlyDataOffer.TicketContext"/>
    /// (<c>s2n_connection_set_server_early_data_context</c>). It must not block. Default: nothing.
    /// </summary>
    /// <returns>At most 1024 bytes: it makes the ticket longer.</returns>
    public virtual ReadOnlyMemory<byte> CreateTicketContext() => default;

    /// <summary>
    /// Decides whether early data may be read (<c>s2n_offered_early_data_accept</c>, <c>_reject</c>). The handshake waits for the answer; if it is
    /// false, it continues without early data, and the client can send the data again afterwards.
    /// </summary>
    /// <param name="offer">What is known about the offer.</param>
    /// <param name="cancellationToken">Cancelled when the token of the authenticating call is, or the stream is disposed. The handshake then ends, even if the guard ignores it.</param>
    /// <returns>True only if this same offer was never accepted before. An exception ends the handshake and is thrown by the authenticating call.</returns>
    public abstract ValueTask<bool> AcceptAsync(S2nEarlyDataOffer offer, CancellationToken cancellationToken);
}
