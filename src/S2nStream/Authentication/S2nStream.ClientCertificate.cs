using System.Security.Authentication;

namespace S2nTls;

public partial class S2nStream
{
    /// <summary>
    /// Not supported. SslStream asks a client for its certificate here, after the handshake; s2n does not
    /// renegotiate as a server (TLS 1.2, RFC 5246 §7.4.1.1) and has no post-handshake authentication (TLS 1.3,
    /// RFC 8446 §4.6.2). Ask in the handshake instead, with <see cref="S2nServerOptions.ClientCertificateMode"/>:
    /// <see cref="S2nClientCertificateMode.Optional"/> lets clients without a certificate in as well.
    /// </summary>
    /// <param name="cancellationToken">Has no effect.</param>
    /// <exception cref="InvalidOperationException">The stream is not authenticated, or the peer has shown a certificate already, as a server always has.</exception>
    /// <exception cref="NotSupportedException">Otherwise.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    /// <exception cref="AuthenticationException">The handshake has failed.</exception>
    public virtual Task NegotiateClientCertificateAsync(CancellationToken cancellationToken = default)
    {
        _ = Authenticated();
        if (RemoteCertificate is not null)
        {
            throw new InvalidOperationException("The peer has shown its certificate already.");
        }

        return Task.FromException(new NotSupportedException(
            "s2n-tls cannot ask for a client's certificate after the handshake: it neither renegotiates as a server nor knows TLS 1.3's post-handshake authentication. Ask in the handshake: S2nServerOptions.ClientCertificateMode, Optional where clients without a certificate are welcome too."));
    }
}
