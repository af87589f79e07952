using System.Net.Security;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// A server with application protocols refuses a client that offers only others, as RFC 7301 §3.2 requires and SslStream does. s2n itself would
/// continue without any, and leave a cross-protocol attack possible.
/// </summary>
internal static class ApplicationProtocolOffer
{
    /// <summary>Whether the client offers one of these; also true if it offers none, or the server has none.</summary>
    internal static bool Fits(NativeClientHello hello, IReadOnlyList<SslApplicationProtocol> protocols)
    {
        byte[] extension = protocols.Count == 0 ? [] : hello.ReadExtension(ExtensionType.ApplicationProtocols);
        if (extension.Length == 0)
        {
            return true; // a client without ALPN is served without
        }

        // RFC 7301 §3.1: a list with a two-byte length, of names with a one-byte length.
        ReadOnlySpan<byte> list = extension.AsSpan(Math.Min(2, extension.Length));
        while (list.Length > 1 && list.Length > list[0])
        {
            ReadOnlySpan<byte> name = list.Slice(1, list[0]);
            foreach (SslApplicationProtocol protocol in protocols)
            {
                if (name.SequenceEqual(protocol.Protocol.Span))
                {
                    return true;
                }
            }

            list = list[(1 + name.Length)..];
        }

        return false;
    }
}
