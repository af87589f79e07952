using System.Security.Cryptography.X509Certificates;
using S2nTls.Reliability.Chains.Judging;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Differing;

/// <summary>Where OpenSSL's verdict is another.</summary>
internal static class OpenSslDifferences
{
    private const int UnableToGetIssuer = 2, AlgorithmMismatch = 78, InvalidAuthority = 79;

    internal static readonly Difference[] All =
    [
        Laxer(Rows.NameBesideAddress, "name: a common name beside an address", (chain, verdicts) =>
            chain.IsForName && verdicts.OursSay("INVALID_HOSTNAME") && chain.HasName(GeneralNameKind.Address, GeneralNameKind.Uri) && !chain.HasName(GeneralNameKind.Dns) && chain.CommonNames.Any()),
        Laxer(Rows.SeveralCommonNames, "name: the right one of two common names first", (chain, verdicts) => chain.IsForName && verdicts.OursSay("INVALID_HOSTNAME") && chain.CommonNames.Count() > 1),
        Laxer(Rows.CommonNameString, "name: a common name in BMPString", (chain, verdicts) => chain.IsForName && verdicts.OursSay("INVALID_HOSTNAME") && chain.CommonNames.Any(name => !ChainFacts.IsCommonString(name))),
        Laxer(Rows.Wildcard, "name: a wildcard in a label", (chain, verdicts) => chain.IsForName && verdicts.OursSay("INVALID_HOSTNAME") && chain.HasOddWildcard),
        Laxer(Rows.BrokenHash, "signature: EcdsaSha1", (chain, _) => chain.Path.Any(certificate => SignatureAlgorithms.IsBroken(certificate.SignedWith) && !certificate.IsSelfIssued)),
        Laxer(Rows.OtherSignature, "signature: EcdsaSha224", (chain, _) => chain.IsSignedWith(ChainFacts.IsOther) || chain.IsSent(ChainFacts.IsOther)),
        Laxer(Rows.SurplusHash, "building: a second certificate of the intermediate signed with SHA-1", (chain, _) => chain.IsSent(SignatureAlgorithms.IsBroken)),
        Laxer(Rows.Constraints, "constraints of an intermediate: excluded within a wildcard", (_, verdicts) => verdicts.OursSay("the name constraints of")),
        Laxer(Rows.KnownToOpenSsl, "extension: critical address blocks in an intermediate", (chain, verdicts) => verdicts.OursSay("UNHANDLED_CRITICAL") && chain.AnyExtension(Extension.AddressBlocks)),
        Laxer(Rows.MisleadingAnchor, "anchor: the root, and one of its name and key that is signed by another", (chain, _) => chain.HasMisleadingAnchor),
        Laxer(Rows.RequiredPolicy, "extension: a policy that is required, and a leaf without purposes", (_, verdicts) => verdicts.OursSay("requires a policy of all")),
        Laxer(Rows.ApplicationPolicies, "purpose: the leaf's application policies for clients", (_, verdicts) => verdicts.OursSay("the application policies of")),
        Laxer(Rows.TooMany, "path length: eight certificates", (chain, verdicts) => chain.Sent.Count > 7 && verdicts.OursSay("MAX_CHAIN_DEPTH")),
        Laxer(Rows.TooLarge, "building: a certificate of 70 KB", (chain, _) => chain.Size > ChainFacts.MaxSize),
        Laxer(Rows.IntermediateNotSent, "anchor: the root and an intermediate that is not sent", (chain, _) => chain.Anchors.Exists(anchor => !anchor.IsSelfIssued && anchor.SigningKey != anchor.Key && !chain.Sent.Contains(anchor))),
        Laxer(Rows.RootOfAnotherKey, "anchor: a root with a spoilt signature", (chain, _) => chain.Anchors.Exists(anchor => anchor.IsSelfIssued && (!anchor.IsSelfSigned || anchor.StatedSignature is not null))),
        Laxer(Rows.RootOfTwoSpellings, "anchor: a root that spells its own name in two ways", (chain, _) => chain.Anchors.Exists(anchor => !anchor.IsSelfIssued && anchor.SigningKey == anchor.Key)),
        Laxer(Rows.StrongCryptography, "purpose: the leaf's Netscape's strong cryptography", (chain, _) => chain.IsOfTheNineties),
        Laxer(Rows.PathLengthWithoutAuthority, "path length: in a trusted leaf that is no authority", (chain, verdicts) => chain.Leaf.IsSelfSigned && verdicts.OursSay("has a path length constraint, and is no authority")),
        Laxer(Rows.Malformed, "extension: names of indefinite length in the leaf", (chain, verdicts) => verdicts.OursSay("cannot be decoded") || chain.Leaf.Values.ContainsKey(Extension.SubjectAlternativeName)),
        Laxer(Rows.SelfSignedAuthority, "anchor: a self-signed authority as leaf without keyCertSign", (_, verdicts) =>
            verdicts.OursSay("it is an authority's own, and its key usage does not allow")),
        new(Rows.TrustedIntermediate, Judge.OpenSsl, true, "anchor: the root and the lower of two intermediates", (chain, verdicts) =>
            chain.Anchors.Exists(anchor => !anchor.IsSelfIssued) && verdicts.OpenSslErrors is [UnableToGetIssuer]),
        new(Rows.Profile, Judge.OpenSsl, true, "authority: no key identifiers anywhere", (chain, verdicts) =>
            verdicts.OpenSslErrors is { Count: > 0 } errors && errors.All(error => IsOfProfile(error, chain))),
    ];

    /// <summary>What <c>-x509_strict</c> demands beyond all others: X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA to X509_V_ERR_EC_KEY_EXPLICIT_PARAMS, and of the root what else §4 says.</summary>
    private static bool IsOfProfile(int error, ChainDraft chain) =>
        error is >= 80 and <= 94 ||
        error == AlgorithmMismatch && chain.Anchors.Exists(anchor => anchor.StatedSignature is not null) ||
        error == InvalidAuthority && (chain.Anchors.Exists(anchor => anchor.Version < 3) || chain.Leaf is { IsAuthority: false } leaf && (leaf.IsSelfIssued || leaf.KeyUsage?.HasFlag(X509KeyUsageFlags.KeyCertSign) == true));

    private static Difference Laxer(string row, string named, Func<ChainDraft, Verdicts, bool> applies) => new(row, Judge.OpenSsl, false, named, applies);
}
