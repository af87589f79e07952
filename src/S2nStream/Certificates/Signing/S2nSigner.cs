namespace S2nTls;

/// <summary>
/// Signs handshakes asynchronously with a private key that is elsewhere: in a key management service, or a hardware security module behind a
/// network. No thread waits meanwhile. For a key that answers at once, an <see cref="System.Security.Cryptography.RSA"/> or
/// <see cref="System.Security.Cryptography.ECDsa"/> is simpler.
/// </summary>
/// <remarks>
/// It must be thread-safe: every full handshake with a certificate made with it calls it, concurrently. It is not disposed here, and must work for
/// as long as the certificate, a context with it, or a handshake with such a context lives.
/// </remarks>
public abstract class S2nSigner
{
    /// <summary>Makes one signature.</summary>
    /// <param name="request">What to sign, and how.</param>
    /// <param name="cancellationToken">
    /// Cancelled when the signature is no longer needed: the handshake was cancelled, or its stream disposed. The handshake then ends, even if the
    /// signer ignores it.
    /// </param>
    /// <returns>
    /// The signature as TLS sends it: for RSA its bytes; for ECDSA the DER sequence of r and s (RFC 8422 §5.4,
    /// <see cref="System.Security.Cryptography.DSASignatureFormat.Rfc3279DerSequence"/>), which is what key management services return.
    /// </returns>
    /// <remarks>
    /// An exception from it ends only this handshake: it becomes the inner exception of the
    /// <see cref="System.Security.Authentication.AuthenticationException"/> that <c>AuthenticateAs…</c> throws, and the peer is refused. A
    /// signature that does not verify is never sent, and also ends the handshake.
    /// </remarks>
    public abstract ValueTask<byte[]> SignAsync(S2nSigningRequest request, CancellationToken cancellationToken);
}
