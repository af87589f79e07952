namespace S2nTls.Engine.Handshake;

/// <summary>Whether a server reads the early data that a client offers.</summary>
/// <param name="engine">Whose handshake it is.</param>
/// <param name="guard">Who decides.</param>
/// <param name="offer">What is known.</param>
/// <param name="native">s2n's offer, which belongs to the connection: valid until it is answered.</param>
internal sealed class EarlyDataQuestion(TlsEngine engine, EarlyDataGuard guard, EarlyDataOffer offer, nint native) : Question
{
    private bool _isAccepted;

    internal override async ValueTask AnswerAsync(CancellationToken cancellationToken) =>
        _isAccepted = await guard.AcceptAsync(offer, cancellationToken).ConfigureAwait(false);

    internal override void Apply() => engine.AnswerEarlyDataOffer(native, _isAccepted);

    internal override Exception Refuse(Exception thrown)
    {
        engine.Refuse(thrown);
        return thrown;
    }
}
