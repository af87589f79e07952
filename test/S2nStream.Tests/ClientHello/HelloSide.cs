using S2nTls.Tests.Engine;
using S2nTls.Translation;

namespace S2nTls.Tests.ClientHello;

/// <summary>A server's engine that stops when it has read a client's hello.</summary>
internal static class HelloSide
{
    internal static EnginePair.Side Create() =>
        new(static (inbound, outbound) => TlsEngine.Create(HelloContext.Plan(static (_, _) => throw new NotSupportedException()), inbound, outbound));
}
