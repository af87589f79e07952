namespace S2nTls.Interop;

/// <summary>
/// Whoever a connection belongs to: s2n asks it, by its callbacks, while a call on the connection runs, and on the same thread. What it is given
/// of s2n's is valid until it returns. It may throw: nothing of that reaches s2n (<see cref="Callbacks"/>).
/// </summary>
internal abstract class ConnectionOwner
{
    /// <summary>What <see cref="Receive"/> answers where there is nothing to take now. A negated number of Linux's, as a system call would answer.</summary>
    protected const int NothingNow = -Callbacks.EAGAIN;

    /// <summary>What <see cref="Receive"/> answers to end s2n's call, and the connection with it.</summary>
    protected const int NothingEver = -Callbacks.EIO;

    /// <summary>
    /// Whose handshake this thread computes, where s2n's callback for lists of revoked certificates needs it: that one is told no connection.
    /// </summary>
    [ThreadStatic]
    private static ConnectionOwner? s_negotiating;

    internal static ConnectionOwner? Negotiating => s_negotiating;

    /// <summary>Gives s2n ciphertext.</summary>
    /// <returns>The bytes given; 0 at the transport's end; <see cref="NothingNow"/> or <see cref="NothingEver"/>.</returns>
    internal abstract int Receive(Span<byte> destination);

    /// <summary>Takes ciphertext: all of it, or s2n's call fails.</summary>
    internal abstract bool Send(ReadOnlySpan<byte> ciphertext);

    /// <summary>Whether a name in the peer's certificate will do.</summary>
    internal abstract bool AcceptsName(ReadOnlySpan<byte> name);

    /// <returns>Whether the handshake goes on; otherwise it ends without blinding.</returns>
    internal abstract bool TakeClientHello(nint connection);

    /// <inheritdoc cref="TakeClientHello"/>
    internal abstract bool JudgeCertificate(nint connection, nint info);

    /// <summary>Sees a line of the key log.</summary>
    /// <returns>It does not matter to s2n.</returns>
    internal abstract bool TakeSecret(ReadOnlySpan<byte> line);

    /// <returns>Whether the connection goes on.</returns>
    internal abstract bool TakeSessionTicket(nint ticket);

    /// <param name="connection">The connection.</param>
    /// <param name="operation">The owner's from here on.</param>
    /// <returns>Whether it has been applied, or will be.</returns>
    internal abstract bool TakePrivateKeyOperation(nint connection, PrivateKeyOperationHandle operation);

    /// <returns>Whether it has been answered, or will be.</returns>
    internal abstract bool TakeEarlyDataOffer(nint connection, nint offer);

    /// <inheritdoc cref="TakeEarlyDataOffer"/>
    internal abstract bool TakeRevocationLookup(nint lookup);

    /// <summary>Keeps what was thrown while ciphertext was taken in.</summary>
    internal abstract void ReceiveThrew(Exception thrown);

    /// <summary>Keeps what was thrown while ciphertext was put away: a part of a record may have gone.</summary>
    internal abstract void SendThrew(Exception thrown);

    /// <summary>Keeps what any other callback threw.</summary>
    internal abstract void CallbackThrew(Exception thrown);

    /// <summary><c>s2n_negotiate</c>, so that its callbacks find this owner by the thread.</summary>
    protected int Negotiate(ConnectionHandle connection, out BlockedStatus blocked)
    {
        ConnectionOwner? outer = s_negotiating; // the application's code may perform another handshake in the middle of this one
        s_negotiating = this;
        try
        {
            return S2n.s2n_negotiate(connection, out blocked);
        }
        finally
        {
            s_negotiating = outer;
        }
    }
}
