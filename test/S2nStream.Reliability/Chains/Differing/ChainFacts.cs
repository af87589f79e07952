using System.Formats.Asn1;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using S2nTls.Reliability.Chains.Judging;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Differing;

/// <summary>What differences depend on, in a chain and in what was said of it.</summary>
internal static partial class ChainFacts
{
    /// <summary>s2n takes handshake messages of 64 KiB at most.</summary>
    internal const int MaxSize = 64 * 1024 - 512;

    extension(ChainDraft chain)
    {
        /// <summary>Of all that is sent.</summary>
        internal int Size => chain.Sent.Sum(certificate => certificate.Encoded.Length);

        internal bool IsForAddress => !chain.IsClients && IPAddress.TryParse(chain.Host, out _);

        internal bool IsForName => !chain.IsClients && !IPAddress.TryParse(chain.Host, out _);

        internal IEnumerable<NameAttribute> CommonNames => chain.Leaf.Subject.Attributes.Where(attribute => attribute.Type == NameAttribute.CommonName);

        internal bool HasName(params GeneralNameKind[] kinds) => chain.Leaf.Names?.Any(name => kinds.Contains(name.Kind)) ?? false;

        /// <summary>A wildcard that is not a whole first label with two labels below it.</summary>
        internal bool HasOddWildcard =>
            (chain.Leaf.Names ?? []).Where(name => name.Kind == GeneralNameKind.Dns).Select(name => name.Text).Concat(chain.CommonNames.Select(name => name.Value))
            .Any(name => name.Contains('*', StringComparison.Ordinal) && !OrdinaryWildcard().IsMatch(name));

        /// <summary>Whether Netscape's or Microsoft's purpose for strong cryptography is among them.</summary>
        internal bool IsOfTheNineties => chain.All.Any(certificate => certificate.ExtendedKeyUsage?.Intersect(["2.16.840.1.113730.4.1", "1.3.6.1.4.1.311.10.3.3"]).Any() ?? false);

        /// <summary>Whether one of them is for any purpose, and not for this one by name.</summary>
        internal bool IsForAnyPurposeOnly => chain.All.Any(certificate =>
            certificate.ExtendedKeyUsage is { } usage && usage.Contains(CertificateDraft.AnyUsage) &&
            !usage.Contains(chain.IsClients ? CertificateDraft.ClientAuthentication : CertificateDraft.ServerAuthentication));

        internal bool AnyExtension(params string[] types) => chain.All.Any(certificate => certificate.Others.Exists(other => types.Contains(other.Type)));

        /// <summary>Whether it is signed so, below the root.</summary>
        internal bool IsSignedWith(Func<SignatureKind, bool> kind) => chain.Path.Any(certificate => certificate.Issuer is not null && kind(certificate.SignedWith));

        /// <summary>Whether one that is sent is signed so, whether or not a chain needs it.</summary>
        internal bool IsSent(Func<SignatureKind, bool> kind) => chain.Sent.Exists(certificate => !certificate.IsSelfIssued && kind(certificate.SignedWith));

        /// <summary>Whether one of the trusted certificates has an issuer's name, and is no root.</summary>
        internal bool HasMisleadingAnchor => chain.HasNamesakes && chain.Anchors.Exists(anchor => !anchor.IsSelfSigned || anchor.KeyUsage?.HasFlag(X509KeyUsageFlags.KeyCertSign) == false);

        /// <summary>Whether there is a choice of issuers: two of one name.</summary>
        internal bool HasNamesakes => chain.Sent.Concat(chain.Anchors).Distinct().GroupBy(certificate => Convert.ToHexString(certificate.Subject.Encode())).Any(group => group.Count() > 1);
    }

    extension(Verdicts verdicts)
    {
        /// <summary>Whether one of the two ways gives such a reason.</summary>
        internal bool OursSay(string reason) => verdicts.ByS2n.Reason.Contains(reason, StringComparison.Ordinal) || verdicts.ByNet.Reason.Contains(reason, StringComparison.Ordinal);

        internal bool GnuTlsSays(string reason) => verdicts.ByGnuTls!.Reason.Contains(reason, StringComparison.Ordinal);

        /// <summary>The numbers of OpenSSL's errors (X509_V_ERR_…).</summary>
        internal IReadOnlyList<int> OpenSslErrors =>
            [.. OpenSslError().Matches(verdicts.ByOpenSsl!.Reason).Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))];
    }

    internal static bool IsOther(SignatureKind kind) => kind is SignatureKind.EcdsaSha224 or SignatureKind.RsaSha224 or SignatureKind.Ed25519;

    internal static bool IsCommonString(NameAttribute name) =>
        name.StringType is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.TeletexString;

    /// <summary>Whether a leaf's key usage, where there is one, allows none of what TLS does with keys.</summary>
    internal static bool MayNotServe(CertificateDraft leaf, bool isClients) =>
        leaf.KeyUsage is { } usage &&
        (usage & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyAgreement | (isClients ? X509KeyUsageFlags.None : X509KeyUsageFlags.KeyEncipherment))) == 0;

    [GeneratedRegex(@"^\*\.[^*.]+(\.[^*.]+)+$")]
    private static partial Regex OrdinaryWildcard();

    [GeneratedRegex("error ([0-9]+) at")]
    private static partial Regex OpenSslError();
}
