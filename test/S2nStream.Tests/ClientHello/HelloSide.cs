using S2nTls.Context;
using S2nTls.Tests.Engine;
using S2nTls.Translation;

namespace S2nTls.Tests.ClientHello;

/// <summary>A server's side that stops when it has read a client's hello.</summary>
internal static class HelloSide
{
    internal static EnginePair.Side Create(S2nContext? selected = null) =>
        new(HelloContext.Plan((_, _) => selected is null ? throw new NotSupportedException() : ValueTask.FromResult(new HandshakePlan(selected))));
}
