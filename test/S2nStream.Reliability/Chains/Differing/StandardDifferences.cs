using S2nTls.Reliability.Chains.Judging;

namespace S2nTls.Reliability.Chains.Differing;

/// <summary>Where the verdict here is not what a standard says.</summary>
internal static class StandardDifferences
{
    internal static readonly Difference[] All =
    [
        // Everybody here takes the first issuer whose name and key identifier fit, and is valid now, and does not come back.
        new(Rows.FirstIssuer, Judge.Standard, false, "building: a second certificate of the intermediate, the first not an authority", (chain, verdicts) =>
            chain.HasNamesakes && (verdicts is { BySslStream.Accepts: false, ByOpenSsl.Accepts: false } || verdicts.OursSay("is signed with SHA-1"))),
        new(Rows.LaterIssuer, Judge.Standard, false, "building: a circle with a way out, part of which is expired", (chain, verdicts) => chain.HasNamesakes && verdicts is { ByS2n.Accepts: false, ByNet.Accepts: true }),
        new(Rows.SurplusHash, Judge.Standard, false, "building: a second certificate of the intermediate signed with SHA-1", (chain, _) => chain.IsSent(Making.SignatureAlgorithms.IsBroken)),
        new(Rows.ExplicitPolicy, Judge.Standard, true, "extension: an explicit policy that nobody has", (chain, verdicts) => verdicts is { BySslStream.Accepts: true, ByOpenSsl.Accepts: true } && chain.AnyExtension(Making.Extension.PolicyConstraints)),
    ];
}
