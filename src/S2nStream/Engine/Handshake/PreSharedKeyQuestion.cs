using S2nTls.Context;
using S2nTls.Errors;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// Which of the keys that a client offers a server uses: one in its context, or one that its callback knows. It is asked while the handshake is
/// paused at the ClientHello, because s2n's callback for it cannot wait: the identities are read from the ClientHello itself, and s2n is given
/// that one key.
/// </summary>
internal sealed class PreSharedKeyQuestion(
    TlsHandshake handshake, HandshakePlan plan, S2nPreSharedKeyOffer offer, S2nPreSharedKeySelectionCallback select) : Question(handshake)
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
                : new InvalidOperationException($"The {nameof(S2nPreSharedKeySelectionCallback)} returned a key that the client does not offer.");
        }

        _key = key;
    }

    protected override void GoOn() => Handshake.GoOnAs(_key is null ? plan : plan with { PreSharedKeys = [_key] });

    protected override S2nFault FaultOf(Exception thrown) => ClientRefused(thrown);

    /// <summary>RFC 8446 §6.2.</summary>
    private static S2nClientRefusedException NoneKnown(S2nPreSharedKeyOffer offer) => offer.Identities.Count > 0
        ? new(TlsAlert.UnknownPskIdentity, "The server knows none of the pre-shared keys that the client offers, and has no certificate.")
        : new(TlsAlert.HandshakeFailure, "The client offers no pre-shared key, and the server has no certificate.");
}
