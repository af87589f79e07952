using S2nTls.Certificates.Stapling;
using S2nTls.Certificates.Verification;
using S2nTls.Context;
using S2nTls.Interop;

namespace S2nTls.Engine.Handshake;

/// <summary>What a server sends with its certificate, and how a client handles it.</summary>
internal static class Staples
{
    /// <summary>Keeps what the server sent, if it was asked for; refuses a server that must send an OCSP response and did not.</summary>
    /// <remarks>s2n has verified a response that was sent, but does not require one. A resumed session has none: the one of its first handshake counts.</remarks>
    internal static unsafe void Take(TlsHandshake handshake, ContextSettings settings)
    {
        TlsConnection connection = handshake.Connection;
        if (settings.AsksForTimestamps)
        {
            connection.SignedCertificateTimestamps =
                connection.Handle.ReadBytes(static handle => ((nint)S2n.s2n_connection_get_sct_list(handle, out uint length), length));
        }

        if (settings.OcspStapling == S2nOcspStapling.None || connection.IsSessionResumed || connection.PreSharedKeyIdentity.Length > 0)
        {
            return; // no certificate was sent
        }

        connection.OcspResponse = connection.Handle.ReadBytes(static handle => ((nint)S2n.s2n_connection_get_ocsp_response(handle, out uint length), length));
        if (!connection.OcspResponse.IsEmpty)
        {
            return;
        }

        if (settings.OcspStapling == S2nOcspStapling.Require)
        {
            throw handshake.Fail(CertificateRefusal.NotStapled("this client requires one"));
        }

        if (connection.Sessions?.PeerCertificates is [byte[] leaf, ..] && MustStaple.IsDemandedBy(leaf))
        {
            throw handshake.Fail(CertificateRefusal.NotStapled("its certificate demands one (RFC 7633)"));
        }
    }
}
