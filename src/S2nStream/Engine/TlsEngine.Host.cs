using System.Runtime.InteropServices;
using S2nTls.Certificates.Names;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>Which name the peer's certificate must bear.</summary>
internal sealed unsafe partial class TlsEngine
{
    private HostNameMatch? _host;

    private void ExpectHost(HostNameMatch host)
    {
        _host = host;
        S2nError.ThrowIf(S2n.s2n_connection_set_verify_host_callback(
            _connection, &VerifyHost, _connection.CallbackContext) != S2n.Success);
        if (_host.WireName is { } name)
        {
            S2nError.ThrowIf(S2n.s2n_set_server_name(_connection, name) != S2n.Success);
        }
    }

    /// <summary>
    /// Without this, s2n would compare client certificates with the server's own name. With nobody to ask it leaves the names alone: whoever says yes to each
    /// is not asked about those that s2n cannot read, and it refuses them.
    /// </summary>
    private void AcceptAnyHost() =>
        S2nError.ThrowIf(S2n.s2n_connection_set_verify_host_callback(_connection, null, 0) != S2n.Success);

    /// <summary>Asked for each name in the certificate, of whatever type; a yes is not the last word (<see cref="CheckValidatedChain"/>).</summary>
    [UnmanagedCallersOnly]
    private static byte VerifyHost(byte* name, nuint length, nint context)
    {
        try
        {
            return ConnectionHandle.CallbackTarget<TlsEngine>(context)._host!.MayBe(new ReadOnlySpan<byte>(name, (int)length)) ? (byte)1 : (byte)0;
        }
        catch (Exception)
        {
            return 0; // what cannot be checked is not accepted
        }
    }
}
