using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Reliability.Chains.Judging;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Differing;

/// <summary>Where SslStream's verdict is another.</summary>
internal static class SslStreamDifferences
{
    internal static readonly Difference[] All =
    [
        Laxer(Rows.AddressAsCommonName, "name: an address as common name", (chain, verdicts) =>
            chain.IsForAddress && chain.CommonNames.Any(name => name.Value.Equals(chain.Host, StringComparison.OrdinalIgnoreCase))),
        Laxer(Rows.NameBesideAddress, "name: a common name beside an address", (chain, verdicts) =>
            chain.IsForName && verdicts.OursSay("INVALID_HOSTNAME") && chain.HasName(GeneralNameKind.Address, GeneralNameKind.Uri) && chain.CommonNames.Any()),
        Laxer(Rows.SeveralCommonNames, "name: the right one of two common names first", (chain, verdicts) => chain.IsForName && verdicts.OursSay("INVALID_HOSTNAME") && chain.CommonNames.Count() > 1),
        Laxer(Rows.CommonNameString, "name: a common name in BMPString", (chain, verdicts) => chain.IsForName && verdicts.OursSay("INVALID_HOSTNAME") && chain.CommonNames.Any(name => !ChainFacts.IsCommonString(name))),
        Laxer(Rows.KeyUsage, "usage: the leaf's cRLSign only", (chain, verdicts) => ChainFacts.MayNotServe(chain.Leaf, chain.IsClients)),
        Laxer(Rows.BrokenHash, "signature: EcdsaSha1", (chain, _) => chain.Path.Any(certificate => SignatureAlgorithms.IsBroken(certificate.SignedWith) && !certificate.IsSelfIssued)),
        Laxer(Rows.OtherSignature, "signature: EcdsaSha224", (chain, _) => chain.IsSignedWith(ChainFacts.IsOther) || chain.IsSent(ChainFacts.IsOther)),
        Laxer(Rows.SurplusHash, "building: a second certificate of the intermediate signed with SHA-1", (chain, _) => chain.IsSent(SignatureAlgorithms.IsBroken)),
        Laxer(Rows.Constraints, "constraints of an intermediate: excluded within a wildcard", (_, verdicts) => verdicts.OursSay("the name constraints of")),
        Laxer(Rows.KnownToOpenSsl, "extension: critical address blocks in an intermediate", (chain, verdicts) => verdicts.OursSay("UNHANDLED_CRITICAL") && chain.AnyExtension(Extension.AddressBlocks)),
        Laxer(Rows.MisleadingAnchor, "anchor: the root, and one of its name and key that is signed by another", (chain, _) => chain.HasMisleadingAnchor),
        Laxer(Rows.NetscapeType, "purpose: the leaf's Netscape type for clients", (_, verdicts) => verdicts.OursSay("INTENT_INVALID") && verdicts.ByNet.Reason.Contains("Netscape's extension", StringComparison.Ordinal)),
        Laxer(Rows.LaterIssuer, "building: a circle with a way out, part of which is expired", (chain, verdicts) => chain.HasNamesakes && verdicts is { ByNet.Accepts: true }),
        Laxer(Rows.TooMany, "path length: eight certificates", (chain, verdicts) => chain.Sent.Count > 7 && verdicts.OursSay("MAX_CHAIN_DEPTH")),
        Laxer(Rows.TooLarge, "building: a certificate of 70 KB", (chain, _) => chain.Size > ChainFacts.MaxSize),
        Laxer(Rows.IntermediateNotSent, "anchor: the root and an intermediate that is not sent", (chain, _) => chain.Anchors.Exists(anchor => !anchor.IsSelfIssued && anchor.SigningKey != anchor.Key && !chain.Sent.Contains(anchor))),
        Laxer(Rows.RootWithoutBasicConstraints, "authority: a root without basic constraints", (chain, _) => chain.Anchors.Exists(anchor => anchor is { Version: 3, IsAuthority: false })),
        Laxer(Rows.PathLengthWithoutAuthority, "path length: in a leaf that is no authority", (_, verdicts) => verdicts.OursSay("has a path length constraint, and is no authority")),
        Laxer(Rows.RootOfAnotherKey, "anchor: a root with a spoilt signature", (chain, _) => chain.Anchors.Exists(anchor => anchor.IsSelfIssued && (!anchor.IsSelfSigned || anchor.StatedSignature is not null))),
        Laxer(Rows.Malformed, "extension: names of indefinite length in the leaf", (chain, verdicts) => verdicts.OursSay("cannot be decoded") || chain.Leaf.Values.ContainsKey(Extension.SubjectAlternativeName)),
        new(Rows.NoSignature, Judge.SslStream, true, "usage: the leaf's keyEncipherment only", (chain, _) =>
            chain.Protocol == SslProtocols.Tls12 && chain.Leaf.KeyUsage is { } usage && !usage.HasFlag(X509KeyUsageFlags.DigitalSignature)),
        .. Runtime.Of(net10: OfNet10, net11: OfNet11),
    ];

    private static Difference[] OfNet10 =>
    [
        new(Rows.MalformedSurplus, Judge.SslStream, true, "building: two roots, one of the certificates with constraints that cannot be decoded", (_, verdicts) =>
            verdicts.BySslStream.Reason.Contains("invalid certificate", StringComparison.Ordinal)),
    ];

    private static Difference[] OfNet11 =>
    [
        Laxer(Rows.PurposeAny, "purpose: the leaf's any", (chain, verdicts) => chain.IsForAnyPurposeOnly && verdicts.OursSay("INTENT_INVALID")),
        Laxer(Rows.RequiredPolicy, "extension: a policy that is required, and a leaf without purposes", (_, verdicts) => verdicts.OursSay("requires a policy of all")),
    ];

    private static Difference Laxer(string row, string named, Func<ChainDraft, Verdicts, bool> applies) => new(row, Judge.SslStream, false, named, applies);
}
