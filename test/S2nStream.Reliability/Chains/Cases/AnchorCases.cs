using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Reliability.Chains.Making;
using static S2nTls.Reliability.Chains.Cases.Expected;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>What is trusted (RFC 5280 §6.1.1 d).</summary>
internal static class AnchorCases
{
    private const string Anchor = "RFC 5280 §6.1.1 d leaves open what an anchor is; here, as with SslStream and OpenSSL, a certificate that is self-signed";

    internal static readonly NamedCase[] All =
    [
        new("anchor: the root", Anchor, Accepted, 1, (_, _) => { }),
        new("anchor: the root, which is sent too", Anchor, Accepted, 1, (chain, _) => chain.Sent.Add(chain.Root)),
        new("anchor: another root", Anchor, Refused, 1, (chain, keys) => Trust(chain, GoodChain.Authority(keys, "Other Root", null))),
        new("anchor: another root, and the right one is sent", Anchor, Refused, 1, (chain, keys) =>
        {
            chain.Sent.Add(chain.Root);
            Trust(chain, GoodChain.Authority(keys, "Other Root", null));
        }),
        new("anchor: an intermediate, and no root", Anchor, Refused, 1, (chain, _) => Trust(chain, chain.Path[1])),
        new("anchor: an intermediate, and its root is sent", Anchor, Refused, 1, (chain, _) =>
        {
            chain.Sent.Add(chain.Root);
            Trust(chain, chain.Path[1]);
        }),
        new("anchor: the leaf, and no root", Anchor, Refused, 1, (chain, _) => Trust(chain, chain.Leaf)),
        new("anchor: the leaf alone, which is sent alone", Anchor, Refused, 1, (chain, _) =>
        {
            chain.Sent.RemoveRange(1, chain.Sent.Count - 1);
            Trust(chain, chain.Leaf);
        }),
        new("anchor: the root and the leaf", Anchor, Accepted, 1, (chain, _) => chain.Anchors.Add(chain.Leaf)),
        new("anchor: the root and an intermediate", Anchor, Accepted, 1, (chain, _) => chain.Anchors.Add(chain.Path[1])),
        new("anchor: the root and the lower of two intermediates", Anchor, Accepted, 2, (chain, _) => chain.Anchors.Add(chain.Path[1])),
        new("anchor: a self-signed authority as leaf without keyCertSign", "RFC 5280 §6.1.4 n: an issuer's key usage has keyCertSign; whether a self-signed leaf is its own issuer, nobody says", Either, 0, (chain, _) =>
        {
            SelfSigned(chain);
            chain.Leaf.Basic = new(true);
        }),
        new("anchor: the root and an intermediate that is not sent", Anchor, Either, 1, (chain, _) =>
        {
            chain.Anchors.Add(chain.Path[1]);
            chain.Sent.Remove(chain.Path[1]);
        }),
        new("anchor: a self-signed leaf", Anchor, Accepted, 0, (chain, _) => SelfSigned(chain)),
        new("anchor: a self-signed leaf that is not trusted", Anchor, Refused, 0, (chain, keys) =>
        {
            SelfSigned(chain);
            Trust(chain, GoodChain.Authority(keys, "Root", null));
        }),
        new("anchor: a self-signed authority as leaf", Anchor, Accepted, 0, (chain, _) =>
        {
            SelfSigned(chain);
            (chain.Leaf.Basic, chain.Leaf.KeyUsage) = (new(true), X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign);
        }),
        new("anchor: a self-signed leaf with keyCertSign only", "RFC 8446 §4.4.2.2: the key usage, if present, has digitalSignature", Refused, 0, (chain, _) =>
        {
            SelfSigned(chain);
            chain.Leaf.KeyUsage = X509KeyUsageFlags.KeyCertSign;
        }),
        new("anchor: a self-signed leaf for clients", "RFC 5280 §4.2.1.12", Refused, 0, (chain, _) =>
        {
            SelfSigned(chain);
            chain.Leaf.ExtendedKeyUsage = [CertificateDraft.ClientAuthentication];
        }),
        new("anchor: a self-signed leaf for another host", "RFC 9110 §4.3.4", Refused, 0, (chain, _) =>
        {
            SelfSigned(chain);
            chain.Leaf.Names = [GeneralName.Dns("other.example")];
        }),
        new("anchor: a self-signed leaf that is expired", "RFC 5280 §6.1.3 a 2", Refused, 0, (chain, _) =>
        {
            SelfSigned(chain);
            chain.Leaf.NotAfter = DateTimeOffset.UtcNow.AddDays(-1);
        }),
        new("anchor: self-issued, and signed by another key", Anchor, Refused, 1, (chain, keys) => chain.Root.SigningKeyInstead = keys.Next()),
        new("anchor: self-issued, and signed by another key, of the same identifier", Anchor, Refused, 1, (chain, keys) =>
        {
            chain.Root.SigningKeyInstead = keys.Next();
            chain.Root.AuthorityKeyIdentifier = Identifier.None;
        }),
        .. new[] { ("before it", 0), ("after it", 1) }.Select(where => new NamedCase($"anchor: the root, and one of its name and key that is signed by another{(where.Item2 == 0 ? "" : ", after it")}", "RFC 5280 §6.1: any path will do; which one is found depends on the order", Either, 1, (chain, keys) =>
        {
            CertificateDraft other = chain.Root.Copy("Root, signed by another");
            (other.Key, other.SigningKeyInstead, other.SubjectKeyIdentifier, other.AuthorityKeyIdentifier) = (chain.Root.Key, keys.Next(), chain.Root.SubjectKeyIdentifier, Identifier.None);
            chain.Anchors.Insert(where.Item2, other);
        })),
        new("anchor: another certificate of the intermediate, whose root is not trusted", "RFC 5280 §6.1: any path will do; which one is found depends on who looks", Either, 1, (chain, keys) =>
        {
            CertificateDraft other = chain.Path[1].Copy("the intermediate by another root");
            other.Issuer = GoodChain.Authority(keys, "Other Root", null);
            chain.Anchors.Add(other);
        }),
        new("anchor: a root that may not sign certificates, and its key certified by another root", "RFC 5280 §6.1: any path will do; which one is found depends on who looks", Either, 1, (chain, keys) =>
        {
            CertificateDraft other = GoodChain.Authority(keys, "Other Root", null);
            CertificateDraft cross = chain.Root.Copy("cross");
            cross.Issuer = other;
            chain.Root.KeyUsage = X509KeyUsageFlags.CrlSign;
            chain.Sent.Add(cross);
            chain.Anchors.Add(other);
        }),
        new("anchor: signed as for another kind of key", "RFC 5280 §4.1.1.2: the algorithm is that of the signature", Refused, 1, (chain, keys) => (chain.Root.SigningKeyInstead, chain.Root.Signature) = (keys.Next(KeyKind.Rsa2048), SignatureKind.PssSha384)),
        .. new[] { 1, 2, 4 }.Select(version => new NamedCase($"anchor: a root of version {version} with extensions", "RFC 5280 §4.1.2.1: extensions are version 3's", Either, 1, (chain, _) => (chain.Root.Version, chain.Root.KeepsExtensionsInVersion1) = (version, true))),
        new("anchor: an authority's new key, signed with its old one, beside both", "RFC 4210 §4.4: what a change of keys leaves behind", Accepted, 1, (chain, keys) =>
        {
            CertificateDraft old = chain.Root.Copy("Root of old");
            (old.Issuer, old.Key) = (null, keys.Next());
            CertificateDraft renewed = chain.Root.Copy("new with old");
            (renewed.Issuer, renewed.Key) = (old, chain.Root.Key);
            chain.Anchors.AddRange([renewed, old]);
        }),
        new("anchor: a root with a spoilt signature", "RFC 5280 §6.1.1 d: an anchor's own signature is not part of the path; a certificate without a right one is not self-signed", Either, 1, (chain, _) => chain.Root.HasSpoiltSignature = true),
        new("anchor: the right name with another key", "RFC 5280 §6.1.3 a 1: the signature verifies with the issuer's key", Refused, 1, (chain, keys) =>
        {
            CertificateDraft namesake = chain.Root.Copy("namesake");
            (namesake.Issuer, namesake.Key) = (null, keys.Next());
            Trust(chain, namesake);
        }),
        new("anchor: the right key with another name", "RFC 5280 §6.1.3 a 4: the issuer's name is the subject above", Refused, 1, (chain, _) =>
        {
            CertificateDraft other = chain.Root.Copy("another name");
            (other.Issuer, other.Subject) = (null, DirectoryName.Common("Another Name"));
            Trust(chain, other);
        }),
        new("anchor: a namesake beside the right root", "RFC 4158 §3.5.12: key identifiers tell which", Accepted, 1, (chain, keys) =>
        {
            CertificateDraft namesake = chain.Root.Copy("namesake");
            (namesake.Issuer, namesake.Key) = (null, keys.Next());
            chain.Anchors.Insert(0, namesake);
        }),
        new("anchor: an expired predecessor beside the right root", "RFC 5280 §6.1: any path will do", Accepted, 1, (chain, _) =>
        {
            CertificateDraft old = chain.Root.Copy("Root of old");
            (old.Issuer, old.NotAfter) = (null, DateTimeOffset.UtcNow.AddDays(-2));
            chain.Anchors.Insert(0, old);
        }),
        new("anchor: an unrelated root with an unknown critical extension beside it", "RFC 5280 §6.1: only the path's certificates count", Accepted, 1, (chain, keys) =>
        {
            CertificateDraft other = GoodChain.Authority(keys, "Other Root", null);
            other.Others.Add(new Extension(Extension.Unknown, true, [0x05, 0x00]));
            chain.Anchors.Add(other);
        }),
        new("anchor: an unknown critical extension in the root", "RFC 5280 §4.2: refused by whoever processes the certificate", Refused, 1, (chain, _) => chain.Root.Others.Add(new Extension(Extension.Unknown, true, [0x05, 0x00]))),
        new("anchor: the root's name in another string type below", "RFC 5280 §7.1: names are compared as text", Accepted, 1, (chain, _) => chain.Path[1].IssuerNameInstead = chain.Root.Subject.With(attribute => attribute with { StringType = UniversalTagNumber.PrintableString })),
        new("anchor: the root's name in capitals below", "RFC 5280 §7.1: names are compared without case", Accepted, 1, (chain, _) => chain.Path[1].IssuerNameInstead = chain.Root.Subject.With(attribute => attribute with { Value = attribute.Value.ToUpperInvariant() })),
        new("anchor: a root that spells its own name in two ways", "RFC 5280 §7.1: names are compared as text", Either, 1, (chain, _) => chain.Root.IssuerNameInstead = chain.Root.Subject.With(attribute => attribute with { StringType = UniversalTagNumber.PrintableString })),
    ];

    private static void Trust(ChainDraft chain, CertificateDraft anchor)
    {
        chain.Anchors.Clear();
        chain.Anchors.Add(anchor);
    }

    private static void SelfSigned(ChainDraft chain)
    {
        chain.Leaf.Issuer = null;
        Trust(chain, chain.Leaf);
    }
}
