using S2nTls.Errors;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// Something that a handshake needs to continue, and that only the application knows. There is at most one at a time
/// (<see cref="TlsHandshake.Question"/>); the handshake is paused until it is answered. Each hook is a class, which asks, applies the answer and
/// refuses.
/// </summary>
/// <remarks>
/// <code>
/// raised ─AnswerAsync→ the application's code runs ─┬─ answers ─Apply→ the handshake continues
///                                                   ├─ throws ──Refuse→ the handshake has failed
///                                                   └─ left (cancelled, disposed): whatever it answers later stays here, unused
/// </code>
/// <see cref="AnswerAsync"/> touches nothing of the connection, because the waiting caller may leave, and the connection be freed, while the
/// application is still busy. <see cref="Apply"/> and <see cref="Refuse"/> run on the handshake's own thread, and only if the wait was not
/// abandoned. The stream does not own what an application answers, so a late answer is not disposed.
/// </remarks>
/// <param name="handshake">The handshake.</param>
internal abstract class Question(TlsHandshake handshake)
{
    /// <summary>Whether the application's code gets a token. A synchronous delegate does not.</summary>
    internal virtual bool TakesToken => true;

    protected TlsHandshake Handshake => handshake;

    /// <summary>Asks the application, and keeps its answer.</summary>
    internal abstract ValueTask AnswerAsync(CancellationToken cancellationToken);

    /// <summary>Continues the handshake with the answer. An exception here is treated like one from the application.</summary>
    internal void Apply()
    {
        GoOn();
        handshake.Drop(this);
    }

    /// <summary>Ends the handshake: there is no answer, or it is not usable. The peer is told.</summary>
    /// <returns>The exception for the caller.</returns>
    internal Exception Refuse(Exception thrown)
    {
        handshake.Drop(this);
        return End(thrown);
    }

    /// <summary>Frees the s2n objects that the question holds.</summary>
    internal virtual void Free() { }

    protected abstract void GoOn();

    /// <summary>The fault that ends the handshake if the application throws.</summary>
    protected abstract S2nFault FaultOf(Exception thrown);

    protected virtual Exception End(Exception thrown)
    {
        handshake.Connection.End(FaultOf(thrown));
        return thrown;
    }

    /// <summary>A client refused on its ClientHello alone is told at once: nothing about it depends on a secret.</summary>
    protected static S2nFault ClientRefused(Exception thrown) =>
        S2nFault.ClientRefused((thrown as S2nClientRefusedException)?.Alert ?? TlsAlert.InternalError) with { Cause = thrown };
}
