using S2nTls.Context;

namespace S2nTls.Translation;

/// <summary>The context for servers that have not chosen one yet: with it a handshake reads the ClientHello, and waits there.</summary>
internal static class HelloContext
{
    private static readonly Lazy<S2nContext> s_context = new(S2nContext.CreateToReadHello);

    internal static HandshakePlan Plan(Func<S2nClientHello, CancellationToken, ValueTask<HandshakePlan>> select) =>
        new(s_context.Value) { Continue = select };
}
