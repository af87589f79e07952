using System.Security.Cryptography.X509Certificates;
using S2nTls.Engine;

namespace S2nTls;

public partial class S2nStream
{
    private X509Certificate2? _localCertificate;

    /// <summary>
    /// The certificate that this side sent, without its private key (<c>s2n_connection_get_selected_cert</c>). Null for a client that sent none,
    /// because the server did not ask or because it has none. The caller and the stream share it: neither disposes it.
    /// </summary>
    /// <inheritdoc cref="IsSessionResumed" path="/exception"/>
    public virtual X509Certificate? LocalCertificate
    {
        get
        {
            TlsConnection connection = Authenticated();
            if (Volatile.Read(ref _localCertificate) is null && connection.GetLocalCertificate() is { } shown)
            {
                // All callers get the same one.
                if (Interlocked.CompareExchange(ref _localCertificate, shown, null) is not null)
                {
                    shown.Dispose();
                }
            }

            return _localCertificate;
        }
    }

    /// <summary>
    /// Whether the peer's certificates were to be checked for revocation: by <see cref="S2nContextOptions.CertificateRevocationCheckMode"/>, or by
    /// the policy that replaces it. False before authentication and after disposal.
    /// </summary>
    public virtual bool CheckCertRevocationStatus => IsAuthenticated && _connection!.ChecksRevocation;
}
