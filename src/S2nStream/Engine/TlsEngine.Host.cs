using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>Which name the peer's certificate must bear.</summary>
internal sealed unsafe partial class TlsEngine
{
    private IPAddress? _expectedAddress;

    private void ExpectHost(string targetHost)
    {
        // RFC 6066 §3: an address is not a server name. It is not sent, but the certificate must bear it.
        if (IPAddress.TryParse(targetHost, out IPAddress? address))
        {
            _expectedAddress = address;
            S2nError.ThrowIf(S2n.s2n_connection_set_verify_host_callback(
                _connection, &VerifyAddress, _connection.CallbackContext) != S2n.Success);
        }
        else if (targetHost.Length > 0)
        {
            S2nError.ThrowIf(S2n.s2n_set_server_name(_connection, WireName(targetHost)) != S2n.Success);
        }
    }

    /// <summary>Without this, s2n would compare client certificates with the server's own name.</summary>
    private void AcceptAnyHost() =>
        S2nError.ThrowIf(S2n.s2n_connection_set_verify_host_callback(_connection, &VerifyNothing, 0) != S2n.Success);

    /// <summary>RFC 6066 §3: in ASCII (RFC 5890), without the dot that ends a fully qualified name.</summary>
    private static string WireName(string host)
    {
        string relative = host.EndsWith('.') ? host[..^1] : host;
        return System.Text.Ascii.IsValid(relative) ? relative : new IdnMapping().GetAscii(relative);
    }

    /// <summary>Asked for each name in the certificate; an address there comes as text.</summary>
    [UnmanagedCallersOnly]
    private static byte VerifyAddress(byte* name, nuint length, nint context)
    {
        try
        {
            IPAddress? expected = ConnectionHandle.CallbackTarget<TlsEngine>(context)._expectedAddress;
            string text = System.Text.Encoding.UTF8.GetString(name, (int)length);
            return IPAddress.TryParse(text, out IPAddress? found) && found.Equals(expected) ? (byte)1 : (byte)0;
        }
        catch (Exception)
        {
            return 0; // what cannot be checked is not accepted
        }
    }

    [UnmanagedCallersOnly]
    private static byte VerifyNothing(byte* name, nuint length, nint context) => 1;
}
