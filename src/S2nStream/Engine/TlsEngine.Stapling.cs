using S2nTls.Certificates.Stapling;
using S2nTls.Certificates.Verification;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>What a server sends along with its certificate, and what a client makes of it.</summary>
internal sealed unsafe partial class TlsEngine
{
    private S2nOcspStapling _ocspStapling;
    private bool _asksForTimestamps;

    internal ReadOnlyMemory<byte> OcspResponse { get; private set; }

    internal ReadOnlyMemory<byte> SignedCertificateTimestamps { get; private set; }

    internal bool IsOcspStapled => S2n.s2n_connection_is_ocsp_stapled(_connection) == 1;

    /// <summary>Keeps what has come, if it was asked for; and refuses a server that has sent no OCSP response but must.</summary>
    /// <remarks>s2n has verified a response that came. That one must come, it does not know. A resumed session has none: what counts is the one of its first handshake.</remarks>
    private void TakeStaples()
    {
        if (_asksForTimestamps)
        {
            SignedCertificateTimestamps = Copy(static connection => ((nint)S2n.s2n_connection_get_sct_list(connection, out uint length), length));
        }

        if (_ocspStapling == S2nOcspStapling.None || IsSessionResumed || PreSharedKeyIdentity.Length > 0)
        {
            return; // no certificate was shown
        }

        OcspResponse = Copy(static connection => ((nint)S2n.s2n_connection_get_ocsp_response(connection, out uint length), length));
        if (!OcspResponse.IsEmpty)
        {
            return;
        }

        if (_ocspStapling == S2nOcspStapling.Require)
        {
            _fault = CertificateRefusal.NotStapled("this client requires one");
        }
        else if (PeerCertificates() is [byte[] leaf, ..] && MustStaple.IsDemandedBy(leaf))
        {
            _fault = CertificateRefusal.NotStapled("its certificate demands one (RFC 7633)");
        }

        ThrowIfFaulted();
    }

    /// <summary>Copies what belongs to the connection, which another thread's dispose must not free under the copy.</summary>
    private byte[] Copy(Func<ConnectionHandle, (nint Data, uint Length)> read)
    {
        bool counted = false;
        try
        {
            _connection.DangerousAddRef(ref counted);
            (nint data, uint length) = read(_connection);
            return data == 0 ? [] : new ReadOnlySpan<byte>((void*)data, (int)length).ToArray();
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
