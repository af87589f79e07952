using S2nTls.Context;
using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Engine;

/// <summary>
/// Keys that both sides were given beforehand. A server chooses its own while the handshake stands at the client's hello, since s2n's
/// callback for that cannot wait: the identities are read from the hello itself, and s2n is given the one key.
/// </summary>
internal sealed unsafe partial class TlsEngine
{
    private bool _hasPreSharedKeys;

    /// <summary>Whether a client refuses a server that shows a certificate.</summary>
    private bool _refusesCertificates;

    /// <summary>The identity of the external key that both sides have used; empty where there was none.</summary>
    internal byte[] PreSharedKeyIdentity => _hasPreSharedKeys ? WithConnection(ReadNegotiatedIdentity) : [];

    private void UsePreSharedKeys(HandshakePlan plan)
    {
        _refusesCertificates = plan.Context.RefusesCertificates;
        foreach (S2nPreSharedKey key in plan.PreSharedKeys)
        {
            S2nError.ThrowIf(S2n.s2n_connection_append_psk(_connection, key.Handle) != S2n.Success);
            _hasPreSharedKeys = true;
        }
    }

    /// <summary>A client that takes no certificate has trusted none; this is to make sure.</summary>
    private void CheckPreSharedKey()
    {
        if (_refusesCertificates && PreSharedKeyIdentity.Length == 0)
        {
            _fault = S2nFault.PreSharedKeyNotUsed("S2N_ERR_CERT_UNTRUSTED");
            ThrowIfFaulted();
        }
    }

    private static OfferedPreSharedKeys ReadOfferedPreSharedKeys(nint connection)
    {
        nint hello = S2n.s2n_connection_get_client_hello(connection);
        nint size = S2n.s2n_client_hello_get_extension_length(hello, ExtensionType.PreSharedKey);
        if (size <= 0)
        {
            return OfferedPreSharedKeys.None;
        }

        byte[] extension = new byte[size];
        fixed (byte* bytes = extension)
        {
            return S2n.s2n_client_hello_get_extension_by_id(hello, ExtensionType.PreSharedKey, bytes, (uint)size) == size
                ? OfferedPreSharedKeys.Read(extension)
                : OfferedPreSharedKeys.None;
        }
    }

    private static byte[] ReadNegotiatedIdentity(nint connection)
    {
        S2nError.ThrowIf(S2n.s2n_connection_get_negotiated_psk_identity_length(connection, out ushort length) != S2n.Success);
        byte[] identity = new byte[length];
        if (length > 0)
        {
            fixed (byte* bytes = identity)
            {
                S2nError.ThrowIf(S2n.s2n_connection_get_negotiated_psk_identity(connection, bytes, length) != S2n.Success);
            }
        }

        return identity;
    }

    /// <summary>Asks something of the connection, which another thread's dispose must not free meanwhile.</summary>
    private T WithConnection<T>(Func<nint, T> ask)
    {
        bool counted = false;
        try
        {
            _connection.DangerousAddRef(ref counted);
            return ask(_connection.DangerousGetHandle());
        }
        finally
        {
            if (counted)
            {
                _connection.DangerousRelease();
            }
        }
    }
}
