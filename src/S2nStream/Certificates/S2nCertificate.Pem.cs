using System.Security.Cryptography;
using S2nTls.Certificates.Pem;

namespace S2nTls;

/// <content>Certificates in PEM, with their private keys, as in files.</content>
public sealed partial class S2nCertificate
{
    /// <summary>Makes a certificate from PEM text.</summary>
    /// <remarks>
    /// Anything else in the texts is ignored, such as parameters, explanations, or the key in the certificate's text: both texts may be the same, in any
    /// order. If there are several keys, the first of a suitable kind for the certificate counts.
    /// </remarks>
    /// <param name="certificatePem">The chain: the end-entity certificate first, then the intermediates in order.</param>
    /// <param name="privateKeyPem">The unencrypted private key: PKCS #8, PKCS #1 (RSA) or SEC 1 (EC). ML-DSA (RFC 9881) is accepted too, and served if the security policy allows it.</param>
    /// <exception cref="S2nException">
    /// Of type usage: the text contains no certificate or key, the key is encrypted, or it does not belong to the certificate (<c>S2N_ERR_KEY_MISMATCH</c>).
    /// </exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static S2nCertificate FromPem(ReadOnlySpan<char> certificatePem, ReadOnlySpan<char> privateKeyPem) =>
        LoadPem(certificatePem, privateKeyPem, isEncrypted: false, password: default);

    /// <summary>Makes a certificate from PEM text with an encrypted private key.</summary>
    /// <remarks><inheritdoc cref="FromPem(ReadOnlySpan{char}, ReadOnlySpan{char})" path="/remarks/node()"/></remarks>
    /// <param name="certificatePem">The chain: the end-entity certificate first, then the intermediates in order.</param>
    /// <param name="privateKeyPem">
    /// The private key, RSA or ECDSA, in encrypted PKCS #8 (RFC 7468 §11): <c>ENCRYPTED PRIVATE KEY</c>. As with
    /// <see cref="System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromEncryptedPem"/>, one that is not encrypted is refused.
    /// </param>
    /// <param name="password">The key's password, which may be empty.</param>
    /// <exception cref="S2nException">
    /// Of type usage: the text contains no certificate or key, the password is wrong or the key not encrypted (<c>S2N_ERR_DECODE_PRIVATE_KEY</c>), or
    /// it does not belong to the certificate (<c>S2N_ERR_KEY_MISMATCH</c>).
    /// </exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static S2nCertificate FromPem(ReadOnlySpan<char> certificatePem, ReadOnlySpan<char> privateKeyPem, ReadOnlySpan<char> password) =>
        LoadPem(certificatePem, privateKeyPem, isEncrypted: true, password);

    /// <summary>Makes a certificate from two PEM files, or one given twice; see <see cref="FromPem(ReadOnlySpan{char}, ReadOnlySpan{char})"/>.</summary>
    /// <exception cref="IOException">A file is missing or cannot be read; or the files contain no certificate or key: then it is an <see cref="S2nException"/> that names both.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read, or is a directory; the message names it.</exception>
    public static S2nCertificate FromPemFiles(string certificatePath, string privateKeyPath)
    {
        using PemPair pair = PemPair.Read(certificatePath, privateKeyPath);
        return pair.Load(isEncrypted: false, password: default);
    }

    /// <summary>
    /// Makes a certificate from two PEM files, or one given twice, with an encrypted private key; see
    /// <see cref="FromPem(ReadOnlySpan{char}, ReadOnlySpan{char}, ReadOnlySpan{char})"/>.
    /// </summary>
    /// <inheritdoc cref="FromPemFiles(string, string)" path="/exception"/>
    public static S2nCertificate FromPemFiles(string certificatePath, string privateKeyPath, ReadOnlySpan<char> password)
    {
        using PemPair pair = PemPair.Read(certificatePath, privateKeyPath);
        return pair.Load(isEncrypted: true, password);
    }

    internal static S2nCertificate LoadPem(ReadOnlySpan<char> certificatePem, ReadOnlySpan<char> privateKeyPem, bool isEncrypted, ReadOnlySpan<char> password)
    {
        byte[] certificates = CertificateBlocks.Select(certificatePem);
        byte[] key = [];
        try
        {
            string? algorithm = CertificateBlocks.KeyAlgorithm(certificates);
            key = isEncrypted ? PrivateKeyBlock.Decrypt(privateKeyPem, algorithm, password) : PrivateKeyBlock.SelectPlain(privateKeyPem, algorithm);
            return Load(certificates, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(certificates); // if s2n gets the text unchanged, it may contain a key
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
