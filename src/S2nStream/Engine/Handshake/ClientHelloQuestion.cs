using S2nTls.Context;

namespace S2nTls.Engine.Handshake;

/// <summary>What a server is to be for a client whose hello is here.</summary>
internal sealed class ClientHelloQuestion(
    TlsEngine engine, S2nClientHello hello, Func<S2nClientHello, CancellationToken, ValueTask<HandshakePlan>> choose) : Question
{
    private HandshakePlan? _plan;

    internal override async ValueTask AnswerAsync(CancellationToken cancellationToken) =>
        _plan = await choose(hello, cancellationToken).ConfigureAwait(false);

    internal override void Apply() => engine.Continue(_plan!, hello);

    internal override Exception Refuse(Exception thrown)
    {
        engine.Refuse(thrown);
        return thrown;
    }
}
