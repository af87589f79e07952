using S2nTls.Context;
using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Engine.Handshake;

/// <summary>Which plan a server follows for a client whose ClientHello has arrived. Its context may need the client's pre-shared keys next.</summary>
internal sealed class ClientHelloQuestion : Question
{
    private readonly Func<S2nClientHello, CancellationToken, ValueTask<HandshakePlan>> _choose;
    private HandshakePlan? _plan;

    private ClientHelloQuestion(TlsHandshake handshake, S2nClientHello hello, Func<S2nClientHello, CancellationToken, ValueTask<HandshakePlan>> choose)
        : base(handshake)
    {
        Hello = hello;
        _choose = choose;
    }

    /// <summary>What the client sent.</summary>
    internal S2nClientHello Hello { get; }

    internal static ClientHelloQuestion For(TlsHandshake handshake, Func<S2nClientHello, CancellationToken, ValueTask<HandshakePlan>> choose)
    {
        byte[] message = handshake.Connection.Handle.Use(static connection => NativeClientHello.Of(connection).ReadMessage());
        if (!S2nClientHello.TryOwn(message, out S2nClientHello? hello))
        {
            throw new InvalidOperationException("s2n accepted a message as a ClientHello that is not one.");
        }

        handshake.Connection.Application?.NoteHello(hello);
        return new ClientHelloQuestion(handshake, hello, choose);
    }

    internal override async ValueTask AnswerAsync(CancellationToken cancellationToken) =>
        _plan = await _choose(Hello, cancellationToken).ConfigureAwait(false);

    protected override void GoOn()
    {
        if (_plan!.Context.Settings.SelectPreSharedKey is { } select)
        {
            Handshake.Raise(new PreSharedKeyQuestion(Handshake, _plan, S2nPreSharedKeyOffer.In(Hello), select));
        }
        else
        {
            Handshake.GoOnAs(_plan);
        }
    }

    protected override S2nFault FaultOf(Exception thrown) => ClientRefused(thrown);
}
