using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.Policies;

#pragma warning disable SYSLIB0058 // the enumerations of the obsolete properties

/// <summary>A cipher suite in the terms of SslStream's obsolete properties, read from its registered name.</summary>
internal readonly record struct CipherSuiteTraits(
    CipherAlgorithmType Cipher, int CipherStrength, HashAlgorithmType Hash, int HashStrength, ExchangeAlgorithmType KeyExchange)
{
    internal static CipherSuiteTraits Of(TlsCipherSuite suite)
    {
        string name = suite.ToString();
        (CipherAlgorithmType cipher, int cipherStrength) =
            Has("AES_128") ? (CipherAlgorithmType.Aes128, 128)
            : Has("AES_256") ? (CipherAlgorithmType.Aes256, 256)
            : Has("3DES_EDE") ? (CipherAlgorithmType.TripleDes, 168)
            : Has("RC4_128") ? (CipherAlgorithmType.Rc4, 128)
            : Has("CHACHA20") ? (CipherAlgorithmType.None, 256)
            : (CipherAlgorithmType.None, 0);

        // An AEAD's name ends in the hash of the key derivation, which is not a MAC.
        bool authenticatesItself = Has("GCM") || Has("CCM") || Has("POLY1305");
        (HashAlgorithmType hash, int hashStrength) =
            authenticatesItself ? (HashAlgorithmType.None, 0)
            : name.EndsWith("_SHA384", StringComparison.Ordinal) ? (HashAlgorithmType.Sha384, 384)
            : name.EndsWith("_SHA256", StringComparison.Ordinal) ? (HashAlgorithmType.Sha256, 256)
            : name.EndsWith("_SHA", StringComparison.Ordinal) ? (HashAlgorithmType.Sha1, 160)
            : (HashAlgorithmType.None, 0);

        ExchangeAlgorithmType exchange =
            Has("DHE_") ? ExchangeAlgorithmType.DiffieHellman // ECDHE too, as in SslStream
            : name.StartsWith("TLS_RSA_WITH_", StringComparison.Ordinal) ? ExchangeAlgorithmType.RsaKeyX
            : ExchangeAlgorithmType.None;

        return new CipherSuiteTraits(cipher, cipherStrength, hash, hashStrength, exchange);

        bool Has(string part) => name.Contains(part, StringComparison.Ordinal);
    }
}
