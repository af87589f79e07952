using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using S2nTls.Certificates.Pem;
using S2nTls.Certificates.Signing;
using S2nTls.Interop;

namespace S2nTls;

/// <content>Certificates whose private key stays outside s2n and signs the handshakes (s2n usage guide, chapter 13).</content>
public sealed partial class S2nCertificate
{
    /// <summary>
    /// Makes a certificate from PEM text and a private key that stays where it is: in a hardware security module, a key management service,
    /// anything that a .NET <see cref="RSA"/> or <see cref="ECDsa"/> can represent.
    /// </summary>
    /// <remarks>
    /// <para>The key signs one digest for each full handshake: always for a server; for a client when the server asks for its certificate. Only
    /// <c>SignHash</c> is called: <see cref="RSA"/> with PKCS #1 or PSS padding (salt as long as the digest), <see cref="ECDsa"/> in the IEEE
    /// P1363 format, which .NET requires of an override of <c>SignHash(byte[])</c>. The hash and padding depend on the peers and the security
    /// policy. The call is made on the thread that runs the handshake, which waits for it.</para>
    /// <para>s2n verifies every signature with the certificate's public key before sending it.</para>
    /// <para>An exception from the key ends the handshake: it becomes the inner exception of the
    /// <see cref="System.Security.Authentication.AuthenticationException"/> that <c>AuthenticateAs…</c> throws, and the peer is refused.</para>
    /// <para>RSA key exchange (old policies, TLS 1.2 without forward secrecy) needs decryption, and is refused. So are SHA-224, and MD5 with
    /// SHA-1, with RSA.</para>
    /// </remarks>
    /// <param name="certificatePem">The chain: the end-entity certificate first, then the intermediates in order.</param>
    /// <param name="privateKey">
    /// An <see cref="RSA"/> or an <see cref="ECDsa"/>. It is not disposed here: the caller keeps it, and it must work for as long as the
    /// certificate, a context with it, or a handshake with such a context lives.
    /// </param>
    /// <param name="allowConcurrentSigning">
    /// False, the default: one thread at a time uses the key, across all certificates made from this object, because .NET's RSA and ECDsa do not
    /// promise to be thread-safe. Set it to true for a thread-safe key: a slow one, such as a network service, would otherwise hold up other
    /// handshakes.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The key does not belong to the certificate. This is checked with the key's public half (<c>ExportParameters(false)</c>); a key that cannot
    /// export it makes one signature as proof.
    /// </exception>
    /// <exception cref="NotSupportedException">The key is neither RSA nor ECDSA.</exception>
    /// <exception cref="S2nException">The text contains no certificates.</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static S2nCertificate FromPem(ReadOnlySpan<char> certificatePem, AsymmetricAlgorithm privateKey, bool allowConcurrentSigning = false) =>
        Load(CertificateBlocks.Select(certificatePem), MakeSigner(privateKey, allowConcurrentSigning));

    /// <summary>Makes a certificate with a private key that stays where it is.</summary>
    /// <param name="certificate">The end-entity certificate. Its own private key, if any, is not used.</param>
    /// <param name="privateKey"><inheritdoc cref="FromPem(ReadOnlySpan{char}, AsymmetricAlgorithm, bool)" path="/param[@name='privateKey']"/></param>
    /// <param name="intermediates">The rest of the chain, in order, without the root.</param>
    /// <param name="allowConcurrentSigning"><inheritdoc cref="FromPem(ReadOnlySpan{char}, AsymmetricAlgorithm, bool)" path="/param[@name='allowConcurrentSigning']"/></param>
    /// <exception cref="S2nException">s2n refuses the certificate.</exception>
    /// <inheritdoc cref="FromPem(ReadOnlySpan{char}, AsymmetricAlgorithm, bool)" path="/remarks|/exception[not(@cref='T:S2nTls.S2nException')]"/>
    public static S2nCertificate FromX509(
        X509Certificate2 certificate,
        AsymmetricAlgorithm privateKey,
        X509Certificate2Collection? intermediates = null,
        bool allowConcurrentSigning = false)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return Load(Encoding.UTF8.GetBytes(ToPem(certificate, intermediates)), MakeSigner(privateKey, allowConcurrentSigning));
    }

    /// <summary>Makes a certificate from PEM text and an asynchronous signer, which holds up no thread.</summary>
    /// <remarks>
    /// Whether the signer has the certificate's key is not checked here, but s2n verifies every signature before sending it. RSA key exchange (old
    /// policies, TLS 1.2 without forward secrecy) needs decryption, and is refused.
    /// </remarks>
    /// <param name="certificatePem">The chain: the end-entity certificate first, then the intermediates in order.</param>
    /// <param name="signer">Has the private key. See <see cref="S2nSigner"/> for its lifetime and concurrent use.</param>
    /// <exception cref="NotSupportedException">The certificate's key is neither RSA nor ECDSA.</exception>
    /// <exception cref="S2nException">The text contains no certificates.</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static S2nCertificate FromPem(ReadOnlySpan<char> certificatePem, S2nSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return Load(CertificateBlocks.Select(certificatePem), signer);
    }

    /// <summary>Makes a certificate with an asynchronous signer, which holds up no thread.</summary>
    /// <param name="certificate">The end-entity certificate. A private key of its own is not used.</param>
    /// <param name="signer"><inheritdoc cref="FromPem(ReadOnlySpan{char}, S2nSigner)" path="/param[@name='signer']"/></param>
    /// <param name="intermediates">The rest of the chain, in order, without the root.</param>
    /// <exception cref="S2nException">s2n refuses the certificate.</exception>
    /// <inheritdoc cref="FromPem(ReadOnlySpan{char}, S2nSigner)" path="/remarks|/exception[not(@cref='T:S2nTls.S2nException')]"/>
    public static S2nCertificate FromX509(X509Certificate2 certificate, S2nSigner signer, X509Certificate2Collection? intermediates = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(signer);
        return Load(Encoding.UTF8.GetBytes(ToPem(certificate, intermediates)), signer);
    }

    private static PrivateKeySigner MakeSigner(AsymmetricAlgorithm privateKey, bool concurrent)
    {
        ArgumentNullException.ThrowIfNull(privateKey);
        return privateKey is RSA or ECDsa
            ? new PrivateKeySigner(privateKey, ownsKey: false, concurrent)
            : throw new NotSupportedException($"The private key, a {privateKey.GetType().Name}, is neither RSA nor ECDSA.");
    }

    /// <param name="certificatePem">The chain.</param>
    /// <param name="signer">Owned by the handle, which disposes it.</param>
    private static S2nCertificate Load(byte[] certificatePem, PrivateKeySigner signer)
    {
        S2nCertificate made = Load(handle =>
        {
            handle.SetSigner(signer);
            LoadPublic(handle, certificatePem);
        });
        try
        {
            PublicKeyMatch.Check(made.Leaf, signer);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    private static S2nCertificate Load(byte[] certificatePem, S2nSigner signer)
    {
        S2nCertificate made = Load(handle => LoadPublic(handle, certificatePem));
        try
        {
            made.Handle.SetSigner(AwaitedSigner.For(made.Leaf, signer));
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    private static unsafe void LoadPublic(CertificateHandle handle, byte[] certificatePem)
    {
        try
        {
            ThrowIfEmpty(certificatePem, "certificate");

            // s2n copies its input.
            S2nError.Check(S2n.s2n_cert_chain_and_key_load_public_pem_bytes(handle, certificatePem, (uint)certificatePem.Length));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(certificatePem); // it may contain a key
        }
    }
}
