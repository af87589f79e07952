using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Signing;
using S2nTls.Interop;

namespace S2nTls;

/// <summary>One signature that a handshake needs (<c>s2n_async_pkey_op</c>). Immutable.</summary>
public sealed class S2nSigningRequest
{
    internal S2nSigningRequest(SignatureAlgorithm algorithm, DigestAlgorithm hash, byte[] digest, PublicKey publicKey, bool isServer)
    {
        HashAlgorithm = PrivateKeySigner.NameOf(hash);
        RsaPadding = algorithm switch
        {
            SignatureAlgorithm.RsaPkcs1 => RSASignaturePadding.Pkcs1,
            SignatureAlgorithm.RsaPssRsae or SignatureAlgorithm.RsaPssPss => RSASignaturePadding.Pss,
            SignatureAlgorithm.Ecdsa => null,
            _ => throw new NotSupportedException($"TLS signature algorithm {algorithm} is not supported for keys outside s2n."),
        };
        Digest = digest;
        PublicKey = publicKey;
        IsServer = isServer;
    }

    /// <summary>The hash to sign; do not hash it again.</summary>
    public ReadOnlyMemory<byte> Digest { get; }

    /// <summary>The hash algorithm that made <see cref="Digest"/>: SHA-1 (old policies), SHA-256, SHA-384 or SHA-512.</summary>
    public HashAlgorithmName HashAlgorithm { get; }

    /// <summary>RSA's padding; with PSS the salt is as long as the digest (RFC 8446 §4.2.3). Null for ECDSA.</summary>
    public RSASignaturePadding? RsaPadding { get; }

    /// <summary>The certificate's public key, which tells the signer which key to use.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>Whether this side is the server.</summary>
    public bool IsServer { get; }

    /// <summary>A description such as <c>ECDSA SHA256</c> or <c>RSA Pss SHA384</c>.</summary>
    public override string ToString() => RsaPadding is null ? $"ECDSA {HashAlgorithm.Name}" : $"RSA {RsaPadding.Mode} {HashAlgorithm.Name}";
}
