using S2nTls.Context;
using S2nTls.EarlyData;
using S2nTls.Translation;

namespace S2nTls;

/// <content>Handshakes as a server whose context may first need to know the client's pre-shared keys, and whether it sends early data.</content>
public partial class S2nStream
{
    /// <summary>
    /// The identity of the external pre-shared key that both sides used (<see cref="S2nPreSharedKey"/>,
    /// <c>s2n_connection_get_negotiated_psk_identity</c>); empty if there was none.
    /// </summary>
    /// <inheritdoc cref="IsSessionResumed" path="/exception"/>
    public ReadOnlyMemory<byte> PreSharedKeyIdentity => Authenticated().PreSharedKeyIdentity;

    private HandshakePlan PlanServer(S2nContext context)
    {
        _earlyData = context.Settings.EarlyDataGuard is null ? null : new EarlyDataBuffer();
        return context.Settings.SelectPreSharedKey is null
            ? Plan(context)
            : HelloContext.Plan((_, _) => ValueTask.FromResult(Plan(context)));
    }

    /// <summary>Makes the plan of a server whose context is chosen once the ClientHello is known: reads of early data wait until then.</summary>
    private HandshakePlan PlanServer(Func<S2nClientHello, CancellationToken, ValueTask<S2nContext>> choose)
    {
        _earlyData = new EarlyDataBuffer();
        return HelloContext.Plan(async (hello, cancellation) => Plan(await choose(hello, cancellation).ConfigureAwait(false)));
    }

    private HandshakePlan Plan(S2nContext context) => new(context) { EarlyDataBuffer = _earlyData };
}
