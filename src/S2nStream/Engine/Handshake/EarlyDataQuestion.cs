using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Engine.Handshake;

/// <summary>Whether a server reads the early data that a client offers.</summary>
internal sealed class EarlyDataQuestion : Question
{
    private readonly S2nEarlyDataGuard _guard;
    private readonly S2nEarlyDataOffer _offer;

    /// <summary>s2n's offer, which belongs to the connection: valid until it is answered.</summary>
    private readonly nint _native;
    private bool _isAccepted;

    private EarlyDataQuestion(TlsHandshake handshake, S2nEarlyDataGuard guard, S2nEarlyDataOffer offer, nint native)
        : base(handshake)
    {
        _guard = guard;
        _offer = offer;
        _native = native;
    }

    internal static EarlyDataQuestion For(TlsHandshake handshake, S2nEarlyDataGuard guard, nint connection, nint offer)
    {
        S2nError.Check(S2n.s2n_offered_early_data_get_context_length(offer, out ushort length));
        byte[] context = new byte[length];
        if (length > 0)
        {
            S2nError.Check(S2n.s2n_offered_early_data_get_context(offer, context, length));
        }

        // s2n asks only if the first key was chosen (RFC 8446 §4.2.10), and after it has verified that key's binder.
        byte[] keys = NativeClientHello.Of(connection).ReadExtension(ExtensionType.PreSharedKey);
        byte[] binder = OfferedPreSharedKeys.Read(keys).Binders[0].ToArray();
        TlsConnection its = handshake.Connection;
        var known = new S2nEarlyDataOffer(
            NegotiatedIdentity.Read(connection), binder, context, its.HasPreSharedKeys, its.ApplicationProtocol, its.ServerName);
        return new EarlyDataQuestion(handshake, guard, known, offer);
    }

    internal override async ValueTask AnswerAsync(CancellationToken cancellationToken) =>
        _isAccepted = await _guard.AcceptAsync(_offer, cancellationToken).ConfigureAwait(false);

    protected override void GoOn() => S2nError.Check(Handshake.Connection.Handle.Use((_native, _isAccepted), static (_, its) =>
        its._isAccepted ? S2n.s2n_offered_early_data_accept(its._native) : S2n.s2n_offered_early_data_reject(its._native)));

    protected override S2nFault FaultOf(Exception thrown) => ClientRefused(thrown);
}
