namespace S2nTls;

/// <summary>
/// Decides for a server which offers of early data it takes. Early data can be recorded on the way and sent again, as often as
/// somebody likes and to every server that has the key (RFC 8446 §8): a guard that answers true to everything lets
/// requests be made twice. Its methods are called by many connections at once.
/// </summary>
/// <remarks><see cref="S2nSingleUseEarlyDataGuard"/> is one for a single process. For a fleet, derive from this and ask a store that all servers share.</remarks>
public abstract class S2nEarlyDataGuard
{
    /// <summary>
    /// Makes what is sealed into the ticket of a connection that begins, and comes back as
    /// <see cref="S2nEarlyDataOffer.TicketContext"/> (<c>s2n_connection_set_server_early_data_context</c>). It must not block. Default: nothing.
    /// </summary>
    /// <returns>At most 1024 bytes: it makes the ticket longer.</returns>
    public virtual ReadOnlyMemory<byte> CreateTicketContext() => default;

    /// <summary>
    /// Answers whether early data may be read (<c>s2n_offered_early_data_accept</c>, <c>_reject</c>). The handshake waits
    /// for the answer; where it is no, it goes on without early data, and the client can send it again afterwards.
    /// </summary>
    /// <param name="offer">What is known.</param>
    /// <param name="cancellationToken">Cancelled with that of the authenticating call, and when the stream is disposed. The handshake ends then, whether it is heeded or not.</param>
    /// <returns>True only if this same offer was never accepted before. What is thrown ends the handshake, and is thrown by the authenticating call.</returns>
    public abstract ValueTask<bool> AcceptAsync(S2nEarlyDataOffer offer, CancellationToken cancellationToken);
}
