using S2nTls.Reliability.Chains.Making;
using static S2nTls.Reliability.Chains.Cases.Expected;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>When certificates are valid (RFC 5280 §4.1.2.5, §6.1.3 a 2).</summary>
internal static class ValidityCases
{
    private const string Now = "RFC 5280 §6.1.3 a 2: the time is within each certificate's validity";

    internal static readonly NamedCase[] All =
    [
        .. new[] { ("the leaf", 0), ("an intermediate", 1) }.SelectMany(who => new[] { Expired($"{who.Item1}", who.Item2, Now), NotYet($"{who.Item1}", who.Item2, Now) }),
        Expired("the root", 2, Now + "; all who judge here apply it to anchors"), NotYet("the root", 2, Now + "; all who judge here apply it to anchors"),
        new("validity: the leaf expired a minute ago", Now, Refused, 1, (chain, _) => chain.Leaf.NotAfter = DateTimeOffset.UtcNow.AddMinutes(-1)),
        new("validity: the leaf becomes valid in five minutes", Now, Refused, 1, (chain, _) => chain.Leaf.NotBefore = DateTimeOffset.UtcNow.AddMinutes(5)),
        new("validity: without an end", "RFC 5280 §4.1.2.5: 99991231235959Z", Accepted, 1, (chain, _) => chain.Leaf.NotAfter = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero)),
        new("validity: GeneralizedTime before 2050", "RFC 5280 §4.1.2.5: authorities use UTCTime; users process both", Accepted, 1, (chain, _) => chain.Leaf.WritesGeneralizedTime = true),
        new("validity: it ends before it begins", Now, Refused, 1, (chain, _) => (chain.Leaf.NotBefore, chain.Leaf.NotAfter) = (DateTimeOffset.UtcNow.AddDays(3), DateTimeOffset.UtcNow.AddDays(-3))),
    ];

    private static NamedCase Expired(string who, int at, string decides) => new($"validity: {who} expired", decides, Refused, 1, (chain, _) => chain.Path[at].NotAfter = DateTimeOffset.UtcNow.AddDays(-1));

    private static NamedCase NotYet(string who, int at, string decides) => new($"validity: {who} not yet valid", decides, Refused, 1, (chain, _) => chain.Path[at].NotBefore = DateTimeOffset.UtcNow.AddDays(1));
}
