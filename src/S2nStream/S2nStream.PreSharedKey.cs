using S2nTls.Engine;
using S2nTls.Translation;

namespace S2nTls;

/// <content>Handshakes as a server with a context: the context may want to know the client's pre-shared keys first, and whether there is early data.</content>
public partial class S2nStream
{
    /// <summary>
    /// The identity of the external pre-shared key that both sides have used (<see cref="S2nPreSharedKey"/>,
    /// <c>s2n_connection_get_negotiated_psk_identity</c>); empty where there was none.
    /// </summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public ReadOnlyMemory<byte> PreSharedKeyIdentity => Authenticated().PreSharedKeyIdentity;

    private HandshakePlan PlanServer(S2nContext context)
    {
        _earlyData = context.EarlyDataGuard is null ? null : new EarlyDataBuffer();
        return context.SelectPreSharedKey is null
            ? Plan(context, [])
            : HelloContext.Plan((hello, cancellation) => PlanServerAsync(context, hello, cancellation));
    }

    /// <summary>Makes the plan of a server whose context is chosen when the hello is known: reads of early data wait until then.</summary>
    private HandshakePlan PlanServer(Func<S2nClientHello, CancellationToken, ValueTask<S2nContext>> choose)
    {
        _earlyData = new EarlyDataBuffer();
        return HelloContext.Plan(async (hello, cancellation) =>
            await PlanServerAsync(await choose(hello, cancellation).ConfigureAwait(false), hello, cancellation).ConfigureAwait(false));
    }

    private async ValueTask<HandshakePlan> PlanServerAsync(S2nContext context, S2nClientHello hello, CancellationToken cancellationToken)
    {
        if (context.SelectPreSharedKey is not { } select)
        {
            return Plan(context, []);
        }

        PreSharedKeyOffer offer = OfferedPreSharedKeys.In(hello);
        S2nPreSharedKey? key =
            context.PreSharedKeys.Find(offer) ??
            (offer.Identities.Count > 0 ? await select(offer, cancellationToken).ConfigureAwait(false) : null);
        return
            key is null ? context.HasCertificate ? Plan(context, []) : throw Refusal(offer)
            : offer.Identities.Any(identity => identity.Span.SequenceEqual(key.Identity.Span)) ? Plan(context, [key])
            : throw new InvalidOperationException($"The {nameof(PreSharedKeySelectionCallback)} returned a key that the client does not offer.");
    }

    private HandshakePlan Plan(S2nContext context, IReadOnlyList<S2nPreSharedKey> keys) =>
        new(context) { PreSharedKeys = keys, EarlyDataBuffer = _earlyData };

    /// <summary>RFC 8446 §6.2.</summary>
    private static S2nClientRefusedException Refusal(PreSharedKeyOffer offer) => offer.Identities.Count > 0
        ? new(TlsAlert.UnknownPskIdentity, "The server knows none of the pre-shared keys that the client offers, and has no certificate.")
        : new(TlsAlert.HandshakeFailure, "The client offers no pre-shared key, and the server has no certificate.");
}
