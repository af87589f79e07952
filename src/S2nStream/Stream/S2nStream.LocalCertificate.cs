using System.Security.Cryptography.X509Certificates;
using S2nTls.Engine;

namespace S2nTls;

public partial class S2nStream
{
    private X509Certificate2? _localCertificate;

    /// <summary>
    /// The certificate that this side has shown, without its private key (<c>s2n_connection_get_selected_cert</c>).
    /// Null for a client that has shown none, because the server did not ask or because it has none. It belongs
    /// to the caller as much as to the stream: neither disposes it.
    /// </summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public virtual X509Certificate? LocalCertificate
    {
        get
        {
            TlsConnection connection = Authenticated();
            if (Volatile.Read(ref _localCertificate) is null && connection.GetLocalCertificate() is { } shown)
            {
                // Everybody gets the same one.
                if (Interlocked.CompareExchange(ref _localCertificate, shown, null) is not null)
                {
                    shown.Dispose();
                }
            }

            return _localCertificate;
        }
    }

    /// <summary>
    /// Whether revocation of the peer's certificates was to be checked: by
    /// <see cref="S2nContextOptions.CertificateRevocationCheckMode"/>, or by the policy that takes its place. False before
    /// authentication and after disposal.
    /// </summary>
    public virtual bool CheckCertRevocationStatus => IsAuthenticated && _connection!.ChecksRevocation;
}
