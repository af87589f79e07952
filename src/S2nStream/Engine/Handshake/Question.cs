namespace S2nTls.Engine.Handshake;

/// <summary>
/// What a handshake cannot go on without, and only the application knows. There is one at most at a time
/// (<see cref="TlsEngine.Question"/>); the handshake stands still until it is answered.
/// </summary>
/// <remarks>
/// <code>
/// raised by the engine ─AnswerAsync→ the application's code runs ─┬─ answers ─Apply→ the handshake goes on
///                                                                ├─ throws ──Refuse→ the handshake has failed
///                                                                └─ left (cancelled, disposed): whatever it answers later stays here, unused
/// </code>
/// <see cref="AnswerAsync"/> touches nothing of the engine's, since whoever waits may leave, and the engine be freed, while the application
/// still thinks. <see cref="Apply"/> and <see cref="Refuse"/> come from the handshake's own thread, and only
/// where the wait has not been left. Nothing that an application answers becomes the stream's, so of a late answer nothing is disposed.
/// </remarks>
internal abstract class Question
{
    /// <summary>Whether the application's code is given a token. A delegate that answers at once knows none.</summary>
    internal virtual bool TakesToken => true;

    /// <summary>Asks the application, and keeps what it answers.</summary>
    internal abstract ValueTask AnswerAsync(CancellationToken cancellationToken);

    /// <summary>Goes on with the handshake, with the answer. What it throws is refused as what the application throws is.</summary>
    internal abstract void Apply();

    /// <summary>Ends the handshake: there is no answer, or it does not serve. The peer is to hear of it.</summary>
    /// <returns>What the caller is to see.</returns>
    internal abstract Exception Refuse(Exception thrown);

    /// <summary>Frees what the question holds of s2n's, if it is still there.</summary>
    internal virtual void Free() { }
}
