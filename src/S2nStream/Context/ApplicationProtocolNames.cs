using System.Net.Security;

namespace S2nTls.Context;

/// <summary>Checks that s2n can use the names of application protocols.</summary>
internal static class ApplicationProtocolNames
{
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <exception cref="NotSupportedException">A name contains a zero byte.</exception>
    internal static void Check(IReadOnlyCollection<SslApplicationProtocol> protocols, string parameter)
    {
        if (protocols.Any(protocol => protocol.Protocol.IsEmpty))
        {
            throw new ArgumentException("An application protocol's name is empty.", parameter);
        }

        if (protocols.Any(protocol => protocol.Protocol.Span.Contains((byte)0)))
        {
            throw new NotSupportedException("ApplicationProtocols: s2n takes a zero byte as the end of an application protocol's name.");
        }
    }
}
