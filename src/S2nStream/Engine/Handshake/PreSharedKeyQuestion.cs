using S2nTls.Context;

namespace S2nTls.Engine.Handshake;

/// <summary>Which of the keys that a client offers a server takes: one that its context has, or one that its callback knows.</summary>
internal sealed class PreSharedKeyQuestion(
    TlsEngine engine, HandshakePlan plan, PreSharedKeyOffer offer, PreSharedKeySelectionCallback select) : Question
{
    private S2nPreSharedKey? _key;

    internal override async ValueTask AnswerAsync(CancellationToken cancellationToken)
    {
        S2nPreSharedKey? key =
            plan.Context.PreSharedKeys.Find(offer) ??
            (offer.Identities.Count > 0 ? await select(offer, cancellationToken).ConfigureAwait(false) : null);
        if (key is null ? !plan.Context.HasCertificate : !offer.Identities.Any(identity => identity.Span.SequenceEqual(key.Identity.Span)))
        {
            throw key is null
                ? NoneKnown(offer)
                : new InvalidOperationException($"The {nameof(PreSharedKeySelectionCallback)} returned a key that the client does not offer.");
        }

        _key = key;
    }

    internal override void Apply() => engine.Continue(_key is null ? plan : plan with { PreSharedKeys = [_key] });

    internal override Exception Refuse(Exception thrown)
    {
        engine.Refuse(thrown);
        return thrown;
    }

    /// <summary>RFC 8446 §6.2.</summary>
    private static S2nClientRefusedException NoneKnown(PreSharedKeyOffer offer) => offer.Identities.Count > 0
        ? new(TlsAlert.UnknownPskIdentity, "The server knows none of the pre-shared keys that the client offers, and has no certificate.")
        : new(TlsAlert.HandshakeFailure, "The client offers no pre-shared key, and the server has no certificate.");
}
