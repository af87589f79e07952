using S2nTls.Context;

namespace S2nTls.Translation;

/// <summary>The context of servers that have none yet: with it a handshake goes as far as the client's hello, and waits there.</summary>
internal static class HelloContext
{
    private static readonly Lazy<S2nContext> s_context = new(S2nContext.CreateToReadHello);

    internal static HandshakePlan Plan(Func<S2nClientHello, CancellationToken, ValueTask<HandshakePlan>> select) =>
        new(s_context.Value) { Continue = select };
}
