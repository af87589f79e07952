namespace S2nTls;

/// <summary>
/// Signs handshakes with a private key that is elsewhere, and takes its time: a key management service, a hardware
/// security module behind a network. No thread waits meanwhile. For a key that answers at once, an
/// <see cref="System.Security.Cryptography.RSA"/> or <see cref="System.Security.Cryptography.ECDsa"/> is simpler.
/// </summary>
/// <remarks>
/// It must be thread-safe: every full handshake with a certificate that was made with it asks it, as many at once as
/// there are. It is not disposed by anybody here, and must work for as long as the certificate, a context with
/// it, or a handshake with such a context lives.
/// </remarks>
public abstract class S2nSigner
{
    /// <summary>Makes one signature.</summary>
    /// <param name="request">What is to be signed, and how.</param>
    /// <param name="cancellationToken">
    /// Cancelled when nobody waits for the signature any more: the handshake was cancelled, or its stream disposed. The
    /// handshake ends then, whether the signer heeds it or not.
    /// </param>
    /// <returns>
    /// The signature as TLS sends it: for RSA its bytes; for ECDSA the DER sequence of r and s (RFC 8422 §5.4,
    /// <see cref="System.Security.Cryptography.DSASignatureFormat.Rfc3279DerSequence"/>), which is what key management services answer.
    /// </returns>
    /// <remarks>
    /// What it throws ends this handshake alone: it is the inner exception of the
    /// <see cref="System.Security.Authentication.AuthenticationException"/> that the caller of <c>AuthenticateAs…</c> sees, and
    /// the peer is refused. A signature that does not verify is never sent, and ends the handshake likewise.
    /// </remarks>
    public abstract ValueTask<byte[]> SignAsync(S2nSigningRequest request, CancellationToken cancellationToken);
}
