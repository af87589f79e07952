using S2nTls.Reliability.Chains.Making;
using static S2nTls.Reliability.Chains.Cases.Expected;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>How many intermediates may follow (RFC 5280 §4.2.1.9, §6.1.4 l and m).</summary>
internal static class PathLengthCases
{
    private const string Limit = "RFC 5280 §4.2.1.9: so many intermediates that are not self-issued may follow, and the last certificate is not one";
    private const string Roots = Limit + "; §6.2: an anchor's own limits may be part of what is put in";

    internal static readonly NamedCase[] All =
    [
        Of("an intermediate's of 0, and a leaf", Accepted, 1, (1, 0)), Of("an intermediate's of 1, and a leaf", Accepted, 1, (1, 1)), Of("an intermediate's of 2, and a leaf", Accepted, 1, (1, 2)),
        Of("an intermediate's of 0, and another intermediate", Refused, 2, (2, 0)), Of("an intermediate's of 0 twice", Refused, 2, (2, 0), (1, 0)),
        Of("growing below", Accepted, 2, (2, 1), (1, 2)), Of("shrinking too fast", Refused, 3, (3, 1), (2, 0), (1, 0)), Of("of 1, and two intermediates below", Refused, 3, (3, 1)), Of("of 2, and two intermediates below", Accepted, 3, (3, 2)),
        Of("the root's of 0, and a leaf", Accepted, 0, (1, 0)), Of("the root's of 0, and an intermediate", Refused, 1, (2, 0)), Of("the root's of 1, and an intermediate", Accepted, 1, (2, 1)), Of("the root's of 1, and two intermediates", Refused, 2, (3, 1)), Of("the root's of 2, and three intermediates", Refused, 3, (4, 2)),
        new("path length: an authority of 0 in the leaf's place below one of 0", Limit, Accepted, 1, (chain, _) =>
        {
            chain.Path[1].Basic = new(true, 0);
            chain.Leaf.Basic = new(true, 0);
            chain.Leaf.KeyUsage |= System.Security.Cryptography.X509Certificates.X509KeyUsageFlags.KeyCertSign;
        }),
        SelfIssued("of 0, and a self-issued intermediate", Accepted, 0), SelfIssued("of 0, a self-issued intermediate and another", Refused, 0, another: true), SelfIssued("of 1, a self-issued intermediate and another", Accepted, 1, another: true),
        new("path length: the root's of 0, and a self-issued intermediate", Roots, Accepted, 1, (chain, _) =>
        {
            chain.Root.Basic = new(true, 0);
            chain.Path[1].Subject = chain.Root.Subject;
        }),
        new("path length: without keyCertSign", "RFC 5280 §4.2.1.9: it means nothing without; §6.1.4 n refuses the issuer", Refused, 1, (chain, _) => (chain.Path[1].Basic, chain.Path[1].KeyUsage) = (new(true, 0), System.Security.Cryptography.X509Certificates.X509KeyUsageFlags.CrlSign)),
        new("path length: in a leaf that is no authority", "RFC 5280 §4.2.1.9: only with cA", Either, 1, (chain, _) => chain.Leaf.Basic = new(false, 0)),
        new("path length: in a trusted leaf that is no authority", "RFC 5280 §4.2.1.9: only with cA", Either, 0, (chain, _) =>
        {
            (chain.Leaf.Issuer, chain.Leaf.Basic) = (null, new(false, 0));
            chain.Anchors.Clear();
            chain.Anchors.Add(chain.Leaf);
        }),
        new("path length: seven certificates", "no RFC limits it; s2n takes seven", Accepted, 6, (_, _) => { }),
        new("path length: eight certificates", "no RFC limits it; s2n takes seven", Either, 7, (_, _) => { }),
    ];

    private static NamedCase Of(string name, Expected expected, int intermediates, params (int At, int Length)[] lengths) =>
        new($"path length: {name}", lengths.Any(length => length.At == intermediates + 1) ? Roots : Limit, expected, intermediates, (chain, _) =>
        {
            foreach ((int at, int length) in lengths)
            {
                chain.Path[at].Basic = new(true, length);
            }
        });

    /// <summary>A new key of the same authority, certified by the old one.</summary>
    private static NamedCase SelfIssued(string name, Expected expected, int length, bool another = false) =>
        new($"path length: {name}", Limit, expected, another ? 3 : 2, (chain, _) =>
        {
            chain.Path[^2].Basic = new(true, length);
            chain.Path[^3].Subject = chain.Path[^2].Subject;
        });
}
