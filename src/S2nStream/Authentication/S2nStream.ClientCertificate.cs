using System.Security.Authentication;

namespace S2nTls;

public partial class S2nStream
{
    /// <summary>
    /// Not supported. With SslStream, this asks a client for its certificate after the handshake; s2n does not renegotiate as a server (TLS 1.2,
    /// RFC 5246 §7.4.1.1) and has no post-handshake authentication (TLS 1.3, RFC 8446 §4.6.2). Ask during the handshake instead, with
    /// <see cref="S2nServerOptions.ClientCertificateMode"/>: <see cref="S2nClientCertificateMode.Optional"/> also accepts clients without a
    /// certificate.
    /// </summary>
    /// <param name="cancellationToken">Has no effect.</param>
    /// <exception cref="InvalidOperationException">The stream is not authenticated, or the peer has already sent a certificate, as a server always does.</exception>
    /// <exception cref="NotSupportedException">Otherwise.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    /// <exception cref="AuthenticationException">The handshake failed.</exception>
    public virtual Task NegotiateClientCertificateAsync(CancellationToken cancellationToken = default)
    {
        _ = Authenticated();
        if (RemoteCertificate is not null)
        {
            throw new InvalidOperationException("The peer has already sent its certificate.");
        }

        return Task.FromException(new NotSupportedException(
            "s2n-tls cannot ask for a client's certificate after the handshake: it neither renegotiates as a server nor supports TLS 1.3 post-handshake authentication. Ask during the handshake, with S2nServerOptions.ClientCertificateMode (Optional, to accept clients without a certificate too)."));
    }
}
