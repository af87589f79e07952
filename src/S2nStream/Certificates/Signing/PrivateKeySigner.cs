using System.Formats.Asn1;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using S2nTls.Interop;

namespace S2nTls.Certificates.Signing;

/// <summary>Signs handshakes with a private key that s2n does not have. Thread-safe.</summary>
internal sealed class PrivateKeySigner : IDisposable
{
    /// <summary>One lock for each key object, however many certificates use it; collected with the key.</summary>
    private static readonly ConditionalWeakTable<AsymmetricAlgorithm, Lock> s_turns = [];

    private readonly bool _ownsKey;
    private readonly Lock? _turn;

    /// <param name="key">RSA or ECDSA.</param>
    /// <param name="ownsKey">Whether the key is disposed with the signer.</param>
    /// <param name="concurrent">
    /// Whether several threads may sign concurrently. .NET does not promise that for <see cref="RSA"/> and <see cref="ECDsa"/>, so only the key's
    /// author can.
    /// </param>
    internal PrivateKeySigner(AsymmetricAlgorithm key, bool ownsKey, bool concurrent)
    {
        Key = key;
        _ownsKey = ownsKey;
        _turn = concurrent ? null : s_turns.GetValue(key, static _ => new Lock());
    }

    internal AsymmetricAlgorithm Key { get; }

    /// <returns>The signature in the form used in the handshake: for ECDSA the DER sequence of RFC 8422 §5.4.</returns>
    /// <exception cref="NotSupportedException">.NET does not support such a signature.</exception>
    /// <exception cref="Exception">Whatever the key throws.</exception>
    internal byte[] Sign(SignatureAlgorithm algorithm, DigestAlgorithm hash, byte[] digest)
    {
        if (_turn is null)
        {
            return SignNow(algorithm, hash, digest);
        }

        lock (_turn)
        {
            return SignNow(algorithm, hash, digest);
        }
    }

    public void Dispose()
    {
        if (_ownsKey)
        {
            Key.Dispose();
        }
    }

    private byte[] SignNow(SignatureAlgorithm algorithm, DigestAlgorithm hash, byte[] digest) => (Key, algorithm) switch
    {
        (ECDsa ecdsa, SignatureAlgorithm.Ecdsa) => ToDer(ecdsa.SignHash(digest)),
        (RSA rsa, SignatureAlgorithm.RsaPkcs1) => rsa.SignHash(digest, NameOf(hash), RSASignaturePadding.Pkcs1),

        // RFC 8446 §4.2.3: the salt is as long as the digest, as with .NET's Pss.
        (RSA rsa, SignatureAlgorithm.RsaPssRsae or SignatureAlgorithm.RsaPssPss) => rsa.SignHash(digest, NameOf(hash), RSASignaturePadding.Pss),
        _ => throw new NotSupportedException($"A key of type {Key.GetType().Name} cannot sign with TLS signature algorithm {algorithm}."),
    };

    /// <summary>
    /// RFC 3279 §2.2.3: the sequence of r and s. Written by hand, because .NET's own conversion asks a key for its size and curve, which an
    /// adapter that only signs need not know.
    /// </summary>
    private static byte[] ToDer(ReadOnlySpan<byte> ieeeP1363)
    {
        if (ieeeP1363.IsEmpty || ieeeP1363.Length % 2 != 0)
        {
            throw new CryptographicException(
                $"The key's signature of {ieeeP1363.Length} bytes is not an r and s of equal length (IEEE P1363), which ECDsa.SignHash must return.");
        }

        var der = new AsnWriter(AsnEncodingRules.DER);
        using (der.PushSequence())
        {
            WriteNumber(der, ieeeP1363[..(ieeeP1363.Length / 2)]);
            WriteNumber(der, ieeeP1363[(ieeeP1363.Length / 2)..]);
        }

        return der.Encode();
    }

    /// <summary>DER needs the shortest form: no leading zeros, but at least one byte.</summary>
    private static void WriteNumber(AsnWriter der, ReadOnlySpan<byte> number)
    {
        ReadOnlySpan<byte> shortest = number.TrimStart((byte)0);
        der.WriteIntegerUnsigned(shortest.IsEmpty ? [0] : shortest);
    }

    internal static HashAlgorithmName NameOf(DigestAlgorithm hash) => hash switch
    {
        DigestAlgorithm.Sha1 => HashAlgorithmName.SHA1,
        DigestAlgorithm.Sha256 => HashAlgorithmName.SHA256,
        DigestAlgorithm.Sha384 => HashAlgorithmName.SHA384,
        DigestAlgorithm.Sha512 => HashAlgorithmName.SHA512,

        // MD5 with SHA-1 (TLS 1.0 and 1.1) and SHA-224.
        _ => throw new NotSupportedException($"Signatures over TLS hash algorithm {(int)hash} are not supported for keys outside s2n."),
    };
}
