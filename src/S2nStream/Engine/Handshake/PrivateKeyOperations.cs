using S2nTls.Certificates.Signing;
using S2nTls.Interop;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// The handshake's private-key operations, in contexts where one of the keys is not in s2n. The result comes at once, on the thread that runs the
/// handshake; or later, with an asynchronous signer, for which the handshake raises a question (<see cref="SignatureQuestion"/>).
/// </summary>
/// <remarks>
/// The signer comes from the certificate that the connection has selected, which the connection's config keeps alive; see
/// <see cref="CertificateHandle"/>. A certificate without one has its key in s2n, which then does the same as without a callback; this also
/// applies to one that borrows its key from another.
/// </remarks>
internal static class PrivateKeyOperations
{
    /// <param name="handshake">The handshake.</param>
    /// <param name="connection">Its connection, as passed by s2n.</param>
    /// <param name="operation">Disposed when it is done; otherwise owned by the question.</param>
    internal static void Take(TlsHandshake handshake, nint connection, PrivateKeyOperationHandle operation)
    {
        nint certificate = S2n.s2n_connection_get_selected_cert(connection);
        if (CertificateHandle.SignerOf(certificate) is BorrowedKey { Owner: var owner })
        {
            certificate = owner;
        }

        switch (CertificateHandle.SignerOf(certificate))
        {
            case AwaitedSigner awaited:
                ThrowIfDecryption(operation);
                handshake.Raise(new SignatureQuestion(handshake, awaited, Read(handshake, connection, operation), operation));
                return;

            case PrivateKeySigner signer:
                ThrowIfDecryption(operation);
                ToBeSigned digest = Read(handshake, connection, operation);
                operation.SetOutput(handshake.Connection.Ask((signer, digest), static sign => sign.signer.Sign(sign.digest.Algorithm, sign.digest.Hash, sign.digest.Input)));
                break;

            default:
                S2nError.Check(S2n.s2n_async_pkey_op_perform(operation, S2n.s2n_cert_chain_and_key_get_private_key(certificate)));
                break;
        }

        ThrowUnlessApplied(S2n.s2n_async_pkey_op_apply(operation, connection));
        operation.Dispose();
    }

    internal static void ThrowUnlessApplied(int result)
    {
        if (result != S2n.Success)
        {
            S2nError error = S2nError.Last;
            throw (error.Name == "S2N_ERR_VERIFY_SIGNATURE" ? Errors.S2nFault.OwnSignatureDoesNotVerify(error) : Errors.S2nFault.Capture(error)).ToException();
        }
    }

    /// <summary>
    /// RFC 5246 §7.4.7.1: whether the decryption succeeds must not be observable, not even by timing. .NET, and services, report wrong padding by
    /// an error, which can be timed: an oracle for Bleichenbacher's attack.
    /// </summary>
    private static void ThrowIfDecryption(PrivateKeyOperationHandle operation)
    {
        if (operation.Type != PrivateKeyOperation.Sign)
        {
            throw new NotSupportedException(
                "The peers negotiated RSA key exchange, which is not supported with a private key outside s2n: .NET cannot decrypt without leaking information to an attacker. Use a security policy that has only forward secrecy.");
        }
    }

    private static ToBeSigned Read(TlsHandshake handshake, nint connection, PrivateKeyOperationHandle operation)
    {
        bool isServer = handshake.Connection.IsServer;
        S2nError.Check(isServer
            ? S2n.s2n_connection_get_selected_signature_algorithm(connection, out SignatureAlgorithm algorithm)
            : S2n.s2n_connection_get_selected_client_cert_signature_algorithm(connection, out algorithm));
        S2nError.Check(isServer
            ? S2n.s2n_connection_get_selected_digest_algorithm(connection, out DigestAlgorithm hash)
            : S2n.s2n_connection_get_selected_client_cert_digest_algorithm(connection, out hash));
        return new ToBeSigned(algorithm, hash, operation.ReadInput());
    }

    /// <summary>A digest, and how to sign it.</summary>
    internal readonly record struct ToBeSigned(SignatureAlgorithm Algorithm, DigestAlgorithm Hash, byte[] Input);
}
