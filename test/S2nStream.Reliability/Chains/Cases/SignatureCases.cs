using S2nTls.Reliability.Chains.Making;
using static S2nTls.Reliability.Chains.Cases.Expected;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Keys and signatures (RFC 5280 §6.1.3 a 1).</summary>
internal static class SignatureCases
{
    private const string Verifies = "RFC 5280 §6.1.3 a 1: each signature verifies with the issuer's key";
    private const string Broken = "RFC 9155 §2, RFC 8446 §4.4.2.4: MD5 and SHA-1 are not to be taken";

    internal static readonly NamedCase[] All =
    [
        new("signature: the leaf's spoilt", Verifies, Refused, 1, (chain, _) => chain.Leaf.HasSpoiltSignature = true),
        new("signature: an intermediate's spoilt", Verifies, Refused, 1, (chain, _) => chain.Path[1].HasSpoiltSignature = true),
        new("signature: the leaf's by another key", Verifies, Refused, 1, (chain, keys) => chain.Leaf.SigningKeyInstead = keys.Next()),
        new("signature: an intermediate's by another key", Verifies, Refused, 1, (chain, keys) => chain.Path[1].SigningKeyInstead = keys.Next()),
        new("signature: the leaf's by the leaf's own key", Verifies, Refused, 1, (chain, _) => chain.Leaf.SigningKeyInstead = chain.Leaf.Key),
        new("signature: stated otherwise in the leaf", "RFC 5280 §4.1.1.2: both places name the same algorithm", Refused, 1, (chain, _) => chain.Leaf.StatedSignature = SignatureKind.EcdsaSha384),
        .. new[] { KeyKind.P384, KeyKind.P521, KeyKind.Rsa2048, KeyKind.Rsa3072, KeyKind.RsaPss2048 }.Select(kind => new NamedCase($"key: {kind} in the leaf", Verifies, Accepted, 1, (chain, keys) => chain.Leaf.Key = keys.Next(kind))),
        new("key: Rsa1024 in the leaf", "NIST SP 800-131A forbids it; no RFC does", Either, 1, (chain, keys) => chain.Leaf.Key = keys.Next(KeyKind.Rsa1024)),
        .. new[] { KeyKind.P384, KeyKind.P521, KeyKind.Rsa2048, KeyKind.Rsa4096, KeyKind.RsaPss2048 }.Select(kind => new NamedCase($"key: {kind} in an intermediate", Verifies, Accepted, 1, (chain, keys) => chain.Path[1].Key = keys.Next(kind))),
        .. new[] { KeyKind.Rsa1024, KeyKind.Ed25519, KeyKind.Secp256k1, KeyKind.BrainpoolP256 }.Select(kind => new NamedCase($"key: {kind} in an intermediate", "RFC 8446 §4.2.3: what the client offers for certificates", Either, 1, (chain, keys) => chain.Path[1].Key = keys.Next(kind))),
        .. new[] { KeyKind.P384, KeyKind.Rsa2048, KeyKind.Rsa4096 }.Select(kind => new NamedCase($"key: {kind} in the root", Verifies, Accepted, 1, (chain, keys) => chain.Root.Key = keys.Next(kind))),
        .. new[] { KeyKind.Rsa1024, KeyKind.Ed25519, KeyKind.Secp256k1 }.Select(kind => new NamedCase($"key: {kind} in the root", "RFC 8446 §4.2.3: what the client offers for certificates", Either, 1, (chain, keys) => chain.Root.Key = keys.Next(kind))),
        .. new[] { SignatureKind.EcdsaSha384, SignatureKind.EcdsaSha512 }.Select(kind => new NamedCase($"signature: {kind}", Verifies, Accepted, 1, (chain, _) => chain.Leaf.Signature = kind)),
        new("signature: EcdsaSha224", "RFC 8446 §4.2.3: what the client offers for certificates", Either, 1, (chain, _) => chain.Leaf.Signature = SignatureKind.EcdsaSha224),
        new("signature: EcdsaSha1", Broken, Refused, 1, (chain, _) => chain.Leaf.Signature = SignatureKind.EcdsaSha1),
        new("signature: EcdsaSha1 in an intermediate", Broken, Refused, 1, (chain, _) => chain.Path[1].Signature = SignatureKind.EcdsaSha1),
        new("signature: EcdsaSha1 in the root", "RFC 8446 §4.4.2: a self-signed certificate's own signature is not looked at", Accepted, 1, (chain, _) => chain.Root.Signature = SignatureKind.EcdsaSha1),
        .. new[] { SignatureKind.RsaSha384, SignatureKind.RsaSha512, SignatureKind.PssSha256, SignatureKind.PssSha384 }.Select(kind => Rsa(kind, Verifies, Accepted)),
        Rsa(SignatureKind.RsaSha224, "RFC 8446 §4.2.3: what the client offers for certificates", Either),
        Rsa(SignatureKind.RsaSha1, Broken, Refused), Rsa(SignatureKind.RsaMd5, Broken, Refused),
        new("signature: PssSha1", Broken, Refused, 1, (chain, keys) => (chain.Path[1].Key, chain.Leaf.Signature) = (keys.Next(KeyKind.RsaPss2048), SignatureKind.PssSha1)),
    ];

    private static NamedCase Rsa(SignatureKind kind, string decides, Expected expected) =>
        new($"signature: {kind}", decides, expected, 1, (chain, keys) => (chain.Path[1].Key, chain.Leaf.Signature) = (keys.Next(KeyKind.Rsa2048), kind));
}
