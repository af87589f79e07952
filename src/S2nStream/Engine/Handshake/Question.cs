using S2nTls.Errors;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// What a handshake cannot go on without, and only the application knows. There is one at most at a time
/// (<see cref="TlsHandshake.Question"/>); the handshake stands still until it is answered. Each hook is a class, which has the asking, the
/// answering and the refusing.
/// </summary>
/// <remarks>
/// <code>
/// raised ─AnswerAsync→ the application's code runs ─┬─ answers ─Apply→ the handshake goes on
///                                                   ├─ throws ──Refuse→ the handshake has failed
///                                                   └─ left (cancelled, disposed): whatever it answers later stays here, unused
/// </code>
/// <see cref="AnswerAsync"/> touches nothing of the connection's, since whoever waits may leave, and the connection be freed, while the application
/// still thinks. <see cref="Apply"/> and <see cref="Refuse"/> come from the handshake's own thread, and only
/// where the wait has not been left. Nothing that an application answers becomes the stream's, so of a late answer nothing is disposed.
/// </remarks>
/// <param name="handshake">Whose it is.</param>
internal abstract class Question(TlsHandshake handshake)
{
    /// <summary>Whether the application's code is given a token. A delegate that answers at once knows none.</summary>
    internal virtual bool TakesToken => true;

    protected TlsHandshake Handshake => handshake;

    /// <summary>Asks the application, and keeps what it answers.</summary>
    internal abstract ValueTask AnswerAsync(CancellationToken cancellationToken);

    /// <summary>Goes on with the handshake, with the answer. What it throws is refused as what the application throws is.</summary>
    internal void Apply()
    {
        GoOn();
        handshake.Drop(this);
    }

    /// <summary>Ends the handshake: there is no answer, or it does not serve. The peer is to hear of it.</summary>
    /// <returns>What the caller is to see.</returns>
    internal Exception Refuse(Exception thrown)
    {
        handshake.Drop(this);
        return End(thrown);
    }

    /// <summary>Frees what the question holds of s2n's.</summary>
    internal virtual void Free() { }

    protected abstract void GoOn();

    /// <summary>What ends the handshake where the application has thrown.</summary>
    protected abstract S2nFault FaultOf(Exception thrown);

    protected virtual Exception End(Exception thrown)
    {
        handshake.Connection.End(FaultOf(thrown));
        return thrown;
    }

    /// <summary>A client that is refused having shown its hello only is told at once: nothing about it depends on a secret.</summary>
    protected static S2nFault ClientRefused(Exception thrown) =>
        S2nFault.ClientRefused((thrown as S2nClientRefusedException)?.Alert ?? TlsAlert.InternalError) with { Cause = thrown };
}
