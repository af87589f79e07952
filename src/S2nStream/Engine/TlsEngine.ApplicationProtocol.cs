using System.Net.Security;
using System.Runtime.InteropServices;
using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Engine;

/// <summary>
/// A server that has application protocols refuses a client that offers others only, as RFC 7301 §3.2 wants
/// it and SslStream does it. s2n itself would go on without any, and leave a cross-protocol attack open.
/// </summary>
internal sealed unsafe partial class TlsEngine
{
    private IReadOnlyList<SslApplicationProtocol>? _requiredProtocols;

    /// <summary>The function that s2n asks when it has read a client's hello; it is set on the config, once.</summary>
    internal static delegate* unmanaged<nint, nint, int> ClientHelloCallback => &OnClientHello;

    /// <summary>Offers these in the place of the config's.</summary>
    private void Offer(IReadOnlyList<SslApplicationProtocol>? protocols)
    {
        foreach (SslApplicationProtocol protocol in protocols ?? [])
        {
            ReadOnlySpan<byte> name = protocol.Protocol.Span;
            fixed (byte* bytes = name)
            {
                S2nError.ThrowIf(S2n.s2n_connection_append_protocol_preference(_connection, bytes, (byte)name.Length) != S2n.Success);
            }
        }
    }

    /// <returns>0 to go on; −1 ends the handshake, without blinding.</returns>
    [UnmanagedCallersOnly]
    private static int OnClientHello(nint connection, nint configContext)
    {
        TlsEngine? engine = null;
        try
        {
            engine = Of(connection);
            if (OffersOneOf(S2n.s2n_connection_get_client_hello(connection), engine._requiredProtocols!))
            {
                return S2n.Success;
            }

            engine._refusal = S2nFault.NoApplicationProtocol();
        }
        catch (Exception e)
        {
            engine?._callbackException = e;
        }

        return S2n.Failure;
    }

    private static bool OffersOneOf(nint clientHello, IReadOnlyList<SslApplicationProtocol> protocols)
    {
        nint size = S2n.s2n_client_hello_get_extension_length(clientHello, ExtensionType.ApplicationProtocols);
        if (size <= 0)
        {
            return true; // a client without ALPN is served without
        }

        byte[] extension = new byte[size];
        fixed (byte* bytes = extension)
        {
            if (S2n.s2n_client_hello_get_extension_by_id(clientHello, ExtensionType.ApplicationProtocols, bytes, (uint)size) != size)
            {
                return true; // s2n will find out what is wrong with it
            }
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
