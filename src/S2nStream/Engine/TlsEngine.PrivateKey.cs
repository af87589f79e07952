using System.Runtime.InteropServices;
using System.Security.Authentication;
using S2nTls.Certificates.Signing;
using S2nTls.Engine.Handshake;
using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>
/// What the handshake needs a private key for, in contexts where one of the keys is not in s2n. The answer comes at
/// once, on the thread that runs the handshake; or later, where a signer takes its time: the handshake waits for
/// the application then.
/// </summary>
/// <remarks>
/// The signer comes from the certificate that the connection has selected, which the connection's config keeps
/// alive; see <see cref="CertificateHandle"/>. A certificate without one has its key in s2n, which then does
/// what it does without a callback; so it is with one that borrows its key from another.
/// </remarks>
internal sealed unsafe partial class TlsEngine
{
    private Exception? _privateKeyFailure;

    /// <summary>Sends private-key operations to the signers of the config's certificates.</summary>
    /// <param name="config">The config.</param>
    /// <param name="isOutside">Whether there is a key that is not in s2n: a borrowed one is as good as s2n's own.</param>
    /// <remarks>
    /// s2n checks each signature of a key outside with the certificate's public key before it goes out (strict validation).
    /// A key that belongs elsewhere, or an adapter with a mistake, is then reported on this side, by name; and
    /// a faulty RSA signature, from which a peer could compute the private key, never leaves the machine.
    /// </remarks>
    internal static void UseSigners(ConfigHandle config, bool isOutside)
    {
        S2nError.ThrowIf(S2n.s2n_config_set_async_pkey_callback(config, &OnPrivateKeyOperation) != S2n.Success);
        S2nError.ThrowIf(S2n.s2n_config_set_async_pkey_validation_mode(
            config, isOutside ? PrivateKeyValidation.Strict : PrivateKeyValidation.Fast) != S2n.Success);
    }

    /// <summary>Goes on with a handshake that waits for a signature.</summary>
    /// <exception cref="S2nException">It does not verify.</exception>
    internal void CompleteSignature(PrivateKeyOperationHandle operation, byte[] signature)
    {
        SetOutput(operation, signature);
        ThrowUnlessApplied(S2n.s2n_async_pkey_op_apply(operation, _connection));
        DropQuestion();
    }

    /// <summary>Ends a handshake that waits for a signature which does not come, or does not serve.</summary>
    internal AuthenticationException FailToSign(Exception thrown)
    {
        DropQuestion();
        return KeyHasFailed(S2nFault.PrivateKeyFailed(thrown) with { LastMessage = LastMessage }, thrown);
    }

    /// <returns>0 when the operation is applied, or to be applied later; −1 ends the handshake.</returns>
    [UnmanagedCallersOnly]
    private static int OnPrivateKeyOperation(nint connection, nint operation)
    {
        TlsEngine? engine = null;
        PrivateKeyOperationHandle? owned = null;
        try
        {
            owned = PrivateKeyOperationHandle.Own(operation);
            engine = ConnectionHandle.CallbackTarget<TlsEngine>(S2n.s2n_connection_get_ctx(connection));
            if (engine.Perform(connection, owned))
            {
                owned.Dispose();
            }

            return S2n.Success;
        }
        catch (Exception e)
        {
            owned?.Dispose();
            engine?._privateKeyFailure = e;
            return S2n.Failure;
        }
    }

    /// <returns>Whether it is done; otherwise the operation is kept, and the handshake waits.</returns>
    private bool Perform(nint connection, PrivateKeyOperationHandle operation)
    {
        nint certificate = S2n.s2n_connection_get_selected_cert(connection);
        if (CertificateHandle.SignerOf(certificate) is BorrowedKey { Owner: var owner })
        {
            certificate = owner;
        }

        switch (CertificateHandle.SignerOf(certificate))
        {
            case AwaitedSigner { Signer: var signer, PublicKey: var publicKey }:
                ThrowIfDecryption(operation);
                (SignatureAlgorithm scheme, DigestAlgorithm digestAlgorithm, byte[] input) = ReadOperation(connection, operation);
                _question = new SignatureQuestion(
                    this, signer, new S2nSigningRequest(scheme, digestAlgorithm, input, publicKey, _isServer), operation);
                return false;

            case PrivateKeySigner signer:
                ThrowIfDecryption(operation);
                (SignatureAlgorithm algorithm, DigestAlgorithm hash, byte[] digest) = ReadOperation(connection, operation);
                SetOutput(operation, Ask((signer, algorithm, hash, digest), static sign => sign.signer.Sign(sign.algorithm, sign.hash, sign.digest)));
                break;

            default:
                S2nError.ThrowIf(S2n.s2n_async_pkey_op_perform(
                    operation, S2n.s2n_cert_chain_and_key_get_private_key(certificate)) != S2n.Success);
                break;
        }

        ThrowUnlessApplied(S2n.s2n_async_pkey_op_apply(operation, connection));
        return true;
    }

    /// <summary>
    /// RFC 5246 §7.4.7.1: whether the decryption succeeds must not be seen, not even in time. .NET, and services, report
    /// a wrong padding by an error, which can be timed: an oracle for Bleichenbacher's attack.
    /// </summary>
    private static void ThrowIfDecryption(PrivateKeyOperationHandle operation)
    {
        S2nError.ThrowIf(S2n.s2n_async_pkey_op_get_op_type(operation, out PrivateKeyOperation type) != S2n.Success);
        if (type != PrivateKeyOperation.Sign)
        {
            throw new NotSupportedException(
                "The peers have agreed on RSA key exchange, which a private key outside s2n does not serve: .NET cannot decrypt without telling an attacker something. Use a security policy with forward secrecy only.");
        }
    }

    private (SignatureAlgorithm Algorithm, DigestAlgorithm Hash, byte[] Digest) ReadOperation(nint connection, PrivateKeyOperationHandle operation)
    {
        S2nError.ThrowIf(
            (_isServer
                ? S2n.s2n_connection_get_selected_signature_algorithm(connection, out SignatureAlgorithm algorithm)
                : S2n.s2n_connection_get_selected_client_cert_signature_algorithm(connection, out algorithm)) != S2n.Success);
        S2nError.ThrowIf(
            (_isServer
                ? S2n.s2n_connection_get_selected_digest_algorithm(connection, out DigestAlgorithm hash)
                : S2n.s2n_connection_get_selected_client_cert_digest_algorithm(connection, out hash)) != S2n.Success);
        S2nError.ThrowIf(S2n.s2n_async_pkey_op_get_input_size(operation, out uint size) != S2n.Success);
        byte[] digest = new byte[size];
        fixed (byte* destination = digest)
        {
            S2nError.ThrowIf(S2n.s2n_async_pkey_op_get_input(operation, destination, size) != S2n.Success);
        }

        return (algorithm, hash, digest);
    }

    private static void SetOutput(PrivateKeyOperationHandle operation, byte[] signature)
    {
        fixed (byte* source = signature)
        {
            // s2n copies it.
            S2nError.ThrowIf(S2n.s2n_async_pkey_op_set_output(operation, source, (uint)signature.Length) != S2n.Success);
        }
    }

    private static void ThrowUnlessApplied(int result)
    {
        if (result != S2n.Success)
        {
            S2nError error = S2nError.Last;
            throw (error.Name == "S2N_ERR_VERIFY_SIGNATURE" ? S2nFault.OwnSignatureDoesNotVerify(error) : S2nFault.Capture(error)).ToException();
        }
    }

    /// <summary>The exception of a failed handshake. What a key has thrown is the caller's to see as it is.</summary>
    private Exception FailHandshake(S2nError error) =>
        _privateKeyFailure is { } thrown ? KeyHasFailed(S2nFault.PrivateKeyFailed(error, thrown), thrown) : Fail(error);

    private AuthenticationException KeyHasFailed(S2nFault fault, Exception thrown)
    {
        _fault = fault;
        return new AuthenticationException($"Authentication failed: {fault.Message}", thrown);
    }
}
