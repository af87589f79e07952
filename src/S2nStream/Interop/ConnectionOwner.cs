namespace S2nTls.Interop;

/// <summary>
/// The owner of a connection: s2n calls it, through its callbacks, during a call on the connection, on the same thread. Any s2n object passed to
/// it is valid until it returns. It may throw: no exception reaches s2n (<see cref="Callbacks"/>).
/// </summary>
internal abstract class ConnectionOwner
{
    /// <summary>The result of <see cref="Receive"/> if there is nothing to take now: a negated Linux error number, like that of a system call.</summary>
    protected const int NothingNow = -Callbacks.EAGAIN;

    /// <summary>The result of <see cref="Receive"/> that ends s2n's call, and the connection with it.</summary>
    protected const int NothingEver = -Callbacks.EIO;

    /// <summary>
    /// The owner whose handshake this thread computes, for s2n's callback for lists of revoked certificates: it gets no connection.
    /// </summary>
    [ThreadStatic]
    private static ConnectionOwner? s_negotiating;

    internal static ConnectionOwner? Negotiating => s_negotiating;

    /// <summary>Gives s2n ciphertext.</summary>
    /// <returns>The number of bytes; 0 at the transport's end; <see cref="NothingNow"/> or <see cref="NothingEver"/>.</returns>
    internal abstract int Receive(Span<byte> destination);

    /// <summary>Accepts ciphertext: all of it, or s2n's call fails.</summary>
    internal abstract bool Send(ReadOnlySpan<byte> ciphertext);

    /// <summary>Whether a name in the peer's certificate is acceptable.</summary>
    internal abstract bool AcceptsName(ReadOnlySpan<byte> name);

    /// <returns>Whether the handshake continues; otherwise it ends without blinding.</returns>
    internal abstract bool TakeClientHello(nint connection);

    /// <inheritdoc cref="TakeClientHello"/>
    internal abstract bool JudgeCertificate(nint connection, nint info);

    /// <summary>Receives a line of the key log.</summary>
    /// <returns>Ignored by s2n.</returns>
    internal abstract bool TakeSecret(ReadOnlySpan<byte> line);

    /// <returns>Whether the connection continues.</returns>
    internal abstract bool TakeSessionTicket(nint ticket);

    /// <param name="connection">The connection.</param>
    /// <param name="operation">Owned by this object from now on.</param>
    /// <returns>Whether it has been applied, or will be.</returns>
    internal abstract bool TakePrivateKeyOperation(nint connection, PrivateKeyOperationHandle operation);

    /// <returns>Whether it has been answered, or will be.</returns>
    internal abstract bool TakeEarlyDataOffer(nint connection, nint offer);

    /// <inheritdoc cref="TakeEarlyDataOffer"/>
    internal abstract bool TakeRevocationLookup(nint lookup);

    /// <summary>Keeps an exception thrown while ciphertext was received.</summary>
    internal abstract void ReceiveThrew(Exception thrown);

    /// <summary>Keeps an exception thrown while ciphertext was sent: part of a record may have gone out.</summary>
    internal abstract void SendThrew(Exception thrown);

    /// <summary>Keeps an exception from any other callback.</summary>
    internal abstract void CallbackThrew(Exception thrown);

    /// <summary>Calls <c>s2n_negotiate</c>, so that its callbacks find this owner by the thread.</summary>
    protected int Negotiate(ConnectionHandle connection, out BlockedStatus blocked)
    {
        ConnectionOwner? outer = s_negotiating; // application code may perform another handshake in the middle of this one
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
