using System.Security.Cryptography;
using S2nTls.Certificates.Pem;

namespace S2nTls;

/// <content>Certificates in PEM, with their private keys, as files have them.</content>
public sealed partial class S2nCertificate
{
    /// <summary>Makes one from PEM text.</summary>
    /// <remarks>
    /// What else is in the texts does not matter, such as parameters, explanations, or the key in the text of the certificate: both may be the same text, in
    /// any order. Of several keys the first of a kind that suits the certificate counts.
    /// </remarks>
    /// <param name="certificatePem">The chain: the end-entity certificate first, then the intermediates in order.</param>
    /// <param name="privateKeyPem">The unencrypted private key: PKCS #8, PKCS #1 (RSA) or SEC 1 (EC). ML-DSA (RFC 9881) is taken too, and served where the security policy has it.</param>
    /// <exception cref="S2nException">
    /// Of type usage: the text holds no such thing, the key is encrypted, or it does not belong to the certificate (<c>S2N_ERR_KEY_MISMATCH</c>).
    /// </exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static S2nCertificate FromPem(ReadOnlySpan<char> certificatePem, ReadOnlySpan<char> privateKeyPem) =>
        LoadPem(certificatePem, privateKeyPem, isEncrypted: false, password: default);

    /// <summary>Makes one from PEM text with an encrypted private key.</summary>
    /// <remarks><inheritdoc cref="FromPem(ReadOnlySpan{char}, ReadOnlySpan{char})" path="/remarks/node()"/></remarks>
    /// <param name="certificatePem">The chain: the end-entity certificate first, then the intermediates in order.</param>
    /// <param name="privateKeyPem">
    /// The private key, RSA or ECDSA, in encrypted PKCS #8 (RFC 7468 §11): <c>ENCRYPTED PRIVATE KEY</c>. As with
    /// <see cref="System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromEncryptedPem"/>, one that is not encrypted is refused.
    /// </param>
    /// <param name="password">The key's password, which may be empty.</param>
    /// <exception cref="S2nException">
    /// Of type usage: the text holds no such thing, the password is wrong or the key not encrypted (<c>S2N_ERR_DECODE_PRIVATE_KEY</c>), or it does not
    /// belong to the certificate (<c>S2N_ERR_KEY_MISMATCH</c>).
    /// </exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static S2nCertificate FromPem(ReadOnlySpan<char> certificatePem, ReadOnlySpan<char> privateKeyPem, ReadOnlySpan<char> password) =>
        LoadPem(certificatePem, privateKeyPem, isEncrypted: true, password);

    /// <summary>Makes one from two PEM files, or one that is given twice; see <see cref="FromPem(ReadOnlySpan{char}, ReadOnlySpan{char})"/>.</summary>
    /// <exception cref="IOException">A file is missing or cannot be read; or, as <see cref="S2nException"/> that names both, they hold no such thing.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read, or is a directory; the message names it.</exception>
    public static S2nCertificate FromPemFiles(string certificatePath, string privateKeyPath)
    {
        using PemPair pair = PemPair.Read(certificatePath, privateKeyPath);
        return pair.Load(isEncrypted: false, password: default);
    }

    /// <summary>
    /// Makes one from two PEM files, or one that is given twice, with an encrypted private key; see
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
            CryptographicOperations.ZeroMemory(certificates); // where s2n gets the text as it is, there may be a key in it
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
