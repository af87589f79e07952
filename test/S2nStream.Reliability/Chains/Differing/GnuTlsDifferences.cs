using S2nTls.Reliability.Chains.Judging;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Differing;

/// <summary>Where GnuTLS's verdict is another.</summary>
internal static class GnuTlsDifferences
{
    internal static readonly Difference[] All =
    [
        Laxer(Rows.PurposeAny, "purpose: the leaf's any", (chain, verdicts) => chain.IsForAnyPurposeOnly && verdicts.OursSay("INTENT_INVALID")),
        Laxer(Rows.GnuTlsAlone, "constraints of an intermediate: permitted directory name, another", (_, verdicts) => verdicts is { BySslStream.Accepts: false, ByOpenSsl.Accepts: false }),
        Laxer(Rows.KeyUsage, "usage: the leaf's cRLSign only", (chain, _) => ChainFacts.MayNotServe(chain.Leaf, chain.IsClients)),
        Laxer(Rows.CommonNameString, "name: a common name in BMPString", (chain, verdicts) => chain.IsForName && verdicts.OursSay("INVALID_HOSTNAME") && chain.CommonNames.Any(name => !ChainFacts.IsCommonString(name))),
        Laxer(Rows.Wildcard, "name: a wildcard at a label's end and its start", (chain, verdicts) => chain.IsForName && verdicts.OursSay("INVALID_HOSTNAME") && chain.HasOddWildcard),
        Laxer(Rows.OtherSignature, "signature: EcdsaSha224", (chain, _) => chain.IsSignedWith(ChainFacts.IsOther) || chain.IsSent(ChainFacts.IsOther)),
        Laxer(Rows.SurplusHash, "building: a second certificate of the intermediate signed with SHA-1", (chain, _) => chain.IsSent(SignatureAlgorithms.IsBroken)),
        Laxer(Rows.Constraints, "constraints of an intermediate: excluded within a wildcard", (_, verdicts) => verdicts.OursSay("the name constraints of")),
        Laxer(Rows.MisleadingAnchor, "anchor: the root, and one of its name and key that is signed by another", (chain, _) => chain.HasMisleadingAnchor),
        Laxer(Rows.NetscapeType, "purpose: the leaf's Netscape type for clients", (_, verdicts) => verdicts.ByNet.Reason.Contains("Netscape's extension", StringComparison.Ordinal)),
        Laxer(Rows.RequiredPolicy, "extension: a policy that is required, and a leaf without purposes", (_, verdicts) => verdicts.OursSay("requires a policy of all")),
        Laxer(Rows.ApplicationPolicies, "purpose: the leaf's application policies for clients", (_, verdicts) => verdicts.OursSay("the application policies of")),
        Laxer(Rows.TooMany, "path length: eight certificates", (chain, verdicts) => chain.Sent.Count > 7 && verdicts.OursSay("MAX_CHAIN_DEPTH")),
        Laxer(Rows.TooLarge, "building: a certificate of 70 KB", (chain, _) => chain.Size > ChainFacts.MaxSize),
        Laxer(Rows.IntermediateNotSent, "anchor: the root and an intermediate that is not sent", (chain, _) => chain.Anchors.Exists(anchor => !anchor.IsSelfIssued && anchor.SigningKey != anchor.Key && !chain.Sent.Contains(anchor))),
        Laxer(Rows.RootWithoutBasicConstraints, "authority: a root without basic constraints", (chain, _) => chain.Anchors.Exists(anchor => anchor is { Version: 3, IsAuthority: false })),
        Laxer(Rows.PathLengthWithoutAuthority, "path length: in a leaf that is no authority", (_, verdicts) => verdicts.OursSay("has a path length constraint, and is no authority")),
        Laxer(Rows.RootOfAnotherKey, "anchor: a root with a spoilt signature", (chain, _) => chain.Anchors.Exists(anchor => anchor.IsSelfIssued && !anchor.IsSelfSigned)),
        Laxer(Rows.RootOfTwoSpellings, "anchor: a root that spells its own name in two ways", (chain, _) => chain.Anchors.Exists(anchor => !anchor.IsSelfIssued && anchor.SigningKey == anchor.Key)),
        Laxer(Rows.StrongCryptography, "purpose: an intermediate's Netscape's strong cryptography", (chain, _) => chain.IsOfTheNineties),
        Laxer(Rows.Malformed, "extension: malformed policies in an intermediate", (chain, verdicts) => verdicts.OursSay("cannot be decoded") || chain.Leaf.Values.ContainsKey(Extension.SubjectAlternativeName)),
        Stricter(Rows.GnuTlsSelfIssued, "path length: of 0, and a self-issued intermediate", (chain, verdicts) =>
            (verdicts.GnuTlsSays("violates the signer's constraints") || verdicts.GnuTlsSays("not a CA")) && chain.Sent.Exists(certificate => certificate.IsSelfIssued)),
        Stricter(Rows.GnuTlsConstraints, "matrix: by address, [Address:10.1.2.3], permitted Dns:example.com", (chain, verdicts) =>
            verdicts.GnuTlsSays("violates the signer's constraints") && chain.All.Any(certificate => certificate.Constraints is not null || certificate.Others.Exists(other => other.Type is Extension.NameConstraints or Extension.TlsFeature))),
        Stricter(Rows.GnuTlsSpelling, "anchor: the root's name in capitals below", (chain, verdicts) => verdicts.GnuTlsSays("issuer is unknown") && chain.All.Any(certificate => certificate.IssuerNameInstead is not null)),
        Stricter(Rows.GnuTlsPaths, "building: a second certificate of the intermediate, the first expired", (chain, verdicts) => chain.HasNamesakes && verdicts.GnuTlsSays("NOT trusted")),
        Stricter(Rows.GnuTlsKeys, "key: Secp256k1 in an intermediate", (chain, verdicts) => verdicts.GnuTlsSays("NOT trusted") && chain.All.Any(certificate =>
            certificate.Key.Kind is KeyKind.Secp256k1 or KeyKind.BrainpoolP256 or KeyKind.Rsa1024 or KeyKind.RsaPss2048 || SignatureAlgorithms.IsBroken(certificate.SignedWith))),
        Stricter(Rows.GnuTlsExtensions, "extension: an explicit policy that nobody has", (chain, verdicts) => verdicts.GnuTlsSays("unknown critical extension")),
        Stricter(Rows.GnuTlsParsing, "extension: an unknown one twice in the leaf", (_, verdicts) => verdicts.GnuTlsSays("error parsing") || verdicts.GnuTlsSays("ASN1 parser") || verdicts.GnuTlsSays("gnutls_x509_trust_add_trust_file") || verdicts.GnuTlsSays("The requested data were not available") || verdicts.GnuTlsSays("non-CA certificate in the trusted list")),
        Stricter(Rows.GnuTlsNames, "name: the right one of two common names last", (chain, verdicts) => verdicts.GnuTlsSays("name in the certificate does not match") && chain.CommonNames.Any() && !chain.HasName(GeneralNameKind.Dns)),
    ];

    private static Difference Laxer(string row, string named, Func<ChainDraft, Verdicts, bool> applies) => new(row, Judge.GnuTls, false, named, applies);

    private static Difference Stricter(string row, string named, Func<ChainDraft, Verdicts, bool> applies) => new(row, Judge.GnuTls, true, named, applies);
}
