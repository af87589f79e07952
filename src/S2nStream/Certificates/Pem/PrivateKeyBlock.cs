using System.Security.Cryptography;
using S2nTls.Errors;

namespace S2nTls.Certificates.Pem;

/// <summary>
/// The private key in PEM text that may contain other things. As in .NET, it is the first block of a suitable kind for the certificate: an encrypted
/// one if there is a password, otherwise a plain one.
/// </summary>
internal static class PrivateKeyBlock
{
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";

    private const string Pkcs8 = "PRIVATE KEY";
    private const string EncryptedPkcs8 = "ENCRYPTED PRIVATE KEY";

    /// <summary>OpenSSL's own encryption of PKCS #1 and SEC 1 (RFC 1421 §4.6.1.1), which neither .NET nor s2n can read.</summary>
    private const string Traditional = "Proc-Type: 4,ENCRYPTED";

    private static readonly Func<AsymmetricAlgorithm>[] s_rsaFirst = [RSA.Create, ECDsa.Create];
    private static readonly Func<AsymmetricAlgorithm>[] s_ellipticCurveFirst = [ECDsa.Create, RSA.Create];

    /// <summary>
    /// Selects what to give s2n. If nothing is found, that is the unchanged text: s2n reads forms that .NET does not, and reports what is wrong with the
    /// rest.
    /// </summary>
    /// <param name="text">The PEM text.</param>
    /// <param name="algorithm">The object identifier of the certificate's key algorithm, if it is known.</param>
    /// <returns>Pinned memory, which the caller wipes.</returns>
    /// <exception cref="S2nException">All keys are encrypted.</exception>
    internal static byte[] SelectPlain(ReadOnlySpan<char> text, string? algorithm)
    {
        ReadOnlySpan<char> found = FindPlain(text, algorithm);
        if (found.IsEmpty && !Find(text, EncryptedPkcs8).IsEmpty)
        {
            throw Refused("The private key is encrypted, and there is no password", "Give the password, or decrypt the key with `openssl pkcs8`");
        }

        if (found.IsEmpty && text.Contains(Traditional, StringComparison.Ordinal))
        {
            throw RefusedTraditional();
        }

        return SecretText.Encode(found.IsEmpty ? text : found);
    }

    /// <summary>Decrypts the key to give s2n.</summary>
    /// <param name="text">The PEM text.</param>
    /// <param name="algorithm">The object identifier of the certificate's key algorithm, if it is known.</param>
    /// <param name="password">The key's password.</param>
    /// <returns>Pinned memory, which the caller wipes.</returns>
    /// <exception cref="S2nException">The text contains no encrypted key, or it cannot be decrypted.</exception>
    internal static byte[] Decrypt(ReadOnlySpan<char> text, string? algorithm, ReadOnlySpan<char> password)
    {
        if (text.IsEmpty)
        {
            return [];
        }

        ReadOnlySpan<char> found = Find(text, EncryptedPkcs8);
        if (found.IsEmpty)
        {
            throw text.Contains(Traditional, StringComparison.Ordinal) ? RefusedTraditional()
                : FindPlain(text, algorithm).IsEmpty ? Refused($"There is no -----BEGIN {EncryptedPkcs8}----- in the PEM text", "Check that it is the right one")
                : Refused("The private key is not encrypted, but there is a password", "Omit the password, or encrypt the key with `openssl pkcs8 -topk8`");
        }

        CryptographicException? failure = null;
        foreach (Func<AsymmetricAlgorithm> create in algorithm == EllipticCurve ? s_ellipticCurveFirst : s_rsaFirst)
        {
            using AsymmetricAlgorithm key = create();
            try
            {
                key.ImportFromEncryptedPem(found, password);
                return Export(key);
            }
            catch (CryptographicException e)
            {
                failure = e; // a wrong password; or a key of the other kind: s2n reports that it is not the certificate's
            }
        }

        throw algorithm is Rsa or EllipticCurve or null
            ? Refused("The private key cannot be decrypted: the password is wrong, or the key is encrypted in a way that .NET does not know",
                "Check the password, or encrypt the key with `openssl pkcs8 -topk8`, in a way that .NET knows", failure)
            : Refused($"Private keys of the certificate's kind ({algorithm}) cannot be decrypted: .NET supports only RSA and ECDSA", "Decrypt the key with `openssl pkcs8`", failure);
    }

    private static ReadOnlySpan<char> FindPlain(ReadOnlySpan<char> text, string? algorithm) => algorithm switch
    {
        Rsa => Find(text, Pkcs8, "RSA PRIVATE KEY"),
        EllipticCurve => Find(text, Pkcs8, "EC PRIVATE KEY"),
        _ => Find(text, Pkcs8),
    };

    private static ReadOnlySpan<char> Find(ReadOnlySpan<char> text, string label, string? orLabel = null)
    {
        while (PemEncoding.TryFind(text, out PemFields fields))
        {
            if (text[fields.Label].SequenceEqual(label) || text[fields.Label].SequenceEqual(orLabel))
            {
                return text[fields.Location];
            }

            text = text[fields.Location.End..];
        }

        return default;
    }

    private static byte[] Export(AsymmetricAlgorithm key)
    {
        for (int size = 1024; ; size *= 2)
        {
            byte[] pkcs8 = SecretText.Pinned(size);
            try
            {
                if (key.TryExportPkcs8PrivateKey(pkcs8, out int length))
                {
                    byte[] pem = SecretText.Pinned(PemEncoding.GetEncodedSize(Pkcs8.Length, length));
                    PemEncoding.TryWriteUtf8("PRIVATE KEY"u8, pkcs8.AsSpan(0, length), pem, out _);
                    return pem;
                }
            }
            finally
            {
                CryptographicOperations.ZeroMemory(pkcs8);
            }
        }
    }

    private static S2nException RefusedTraditional() => Refused(
        "The private key has OpenSSL's traditional encryption (Proc-Type: 4,ENCRYPTED), which .NET cannot read",
        "`openssl pkcs8 -topk8` converts it to PKCS #8, with the same password or another");

    private static S2nException Refused(string what, string remedy, Exception? cause = null) =>
        new S2nFault(S2nErrorType.Usage, "S2N_ERR_DECODE_PRIVATE_KEY", $"{what} (S2N_ERR_DECODE_PRIVATE_KEY). {remedy}.") { Cause = cause }.ToException();
}
