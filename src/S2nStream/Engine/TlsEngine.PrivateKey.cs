using System.Runtime.InteropServices;
using System.Security.Authentication;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>
/// What the handshake needs a private key for, in contexts where one of the keys is not in s2n. s2n would
/// allow the answer to come later; here it comes at once, on the thread that runs the handshake.
/// </summary>
/// <remarks>
/// The signer comes from the certificate that the connection has selected, which the connection's config keeps
/// alive; see <see cref="CertificateHandle"/>. A certificate without one has its key in s2n, which then does
/// what it does without a callback.
/// </remarks>
internal sealed unsafe partial class TlsEngine
{
    private Exception? _privateKeyFailure;

    /// <summary>Sends private-key operations to the signers of the config's certificates.</summary>
    /// <remarks>
    /// s2n checks each signature with the certificate's public key before it goes out (strict validation).
    /// A key that belongs elsewhere, or an adapter with a mistake, is then reported on this side, by name; and
    /// a faulty RSA signature, from which a peer could compute the private key, never leaves the machine.
    /// </remarks>
    internal static void UseSigners(ConfigHandle config)
    {
        S2nError.ThrowIf(S2n.s2n_config_set_async_pkey_callback(config, &OnPrivateKeyOperation) != S2n.Success);
        S2nError.ThrowIf(S2n.s2n_config_set_async_pkey_validation_mode(config, PrivateKeyValidation.Strict) != S2n.Success);
    }

    /// <returns>0 when the operation is applied; −1 ends the handshake.</returns>
    [UnmanagedCallersOnly]
    private static int OnPrivateKeyOperation(nint connection, nint operation)
    {
        TlsEngine? engine = null;
        try
        {
            engine = ConnectionHandle.CallbackTarget<TlsEngine>(S2n.s2n_connection_get_ctx(connection));
            Perform(connection, operation, engine._isServer);
            return S2n.Success;
        }
        catch (Exception e)
        {
            engine?._privateKeyFailure = e;
            return S2n.Failure;
        }
        finally
        {
            _ = S2n.s2n_async_pkey_op_free(operation);
        }
    }

    private static void Perform(nint connection, nint operation, bool isServer)
    {
        nint certificate = S2n.s2n_connection_get_selected_cert(connection);
        if (CertificateHandle.SignerOf<PrivateKeySigner>(certificate) is { } signer)
        {
            S2nError.ThrowIf(S2n.s2n_async_pkey_op_get_op_type(operation, out PrivateKeyOperation type) != S2n.Success);
            if (type != PrivateKeyOperation.Sign)
            {
                // RFC 5246 §7.4.7.1: whether the decryption succeeds must not be seen, not even in time. .NET
                // reports a wrong padding by an exception, which can be timed: an oracle for Bleichenbacher's attack.
                throw new NotSupportedException(
                    "The peers have agreed on RSA key exchange, which a private key outside s2n does not serve: .NET cannot decrypt without telling an attacker something. Use a security policy with forward secrecy only.");
            }

            Sign(connection, operation, signer, isServer);
        }
        else
        {
            S2nError.ThrowIf(S2n.s2n_async_pkey_op_perform(
                operation, S2n.s2n_cert_chain_and_key_get_private_key(certificate)) != S2n.Success);
        }

        if (S2n.s2n_async_pkey_op_apply(operation, connection) != S2n.Success)
        {
            S2nError error = S2nError.Last;
            throw (error.Name == "S2N_ERR_VERIFY_SIGNATURE" ? S2nFault.OwnSignatureDoesNotVerify(error) : S2nFault.Capture(error)).ToException();
        }
    }

    private static void Sign(nint connection, nint operation, PrivateKeySigner signer, bool isServer)
    {
        S2nError.ThrowIf(
            (isServer
                ? S2n.s2n_connection_get_selected_signature_algorithm(connection, out SignatureAlgorithm algorithm)
                : S2n.s2n_connection_get_selected_client_cert_signature_algorithm(connection, out algorithm)) != S2n.Success);
        S2nError.ThrowIf(
            (isServer
                ? S2n.s2n_connection_get_selected_digest_algorithm(connection, out DigestAlgorithm hash)
                : S2n.s2n_connection_get_selected_client_cert_digest_algorithm(connection, out hash)) != S2n.Success);

        S2nError.ThrowIf(S2n.s2n_async_pkey_op_get_input_size(operation, out uint size) != S2n.Success);
        byte[] digest = new byte[size];
        fixed (byte* destination = digest)
        {
            S2nError.ThrowIf(S2n.s2n_async_pkey_op_get_input(operation, destination, size) != S2n.Success);
        }

        byte[] signature = signer.Sign(algorithm, hash, digest);
        fixed (byte* source = signature)
        {
            // s2n copies it.
            S2nError.ThrowIf(S2n.s2n_async_pkey_op_set_output(operation, source, (uint)signature.Length) != S2n.Success);
        }
    }

    /// <summary>The exception of a failed handshake. What a key has thrown is the caller's to see as it is.</summary>
    private Exception FailHandshake(S2nError error)
    {
        if (_privateKeyFailure is not { } thrown)
        {
            return Fail(error);
        }

        _fault = S2nFault.PrivateKeyFailed(error, thrown);
        return new AuthenticationException($"Authentication failed: {_fault.Message}", thrown);
    }
}
