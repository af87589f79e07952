using S2nTls.Reliability.Chains.Judging;

namespace S2nTls.Reliability.Chains.Differing;

/// <summary>Where the two ways here differ: where s2n refuses, as OpenSSL does, and .NET has found another way.</summary>
internal static class NetDifferences
{
    internal static readonly Difference[] All =
    [
        new(Rows.LaterIssuer, Judge.Net, false, "building: a circle with a way out, part of which is expired", (chain, verdicts) =>
            chain.HasNamesakes && verdicts is { ByNet.Accepts: true, ByOpenSsl: null or { Accepts: false } } && !verdicts.OursSay("INVALID_HOSTNAME")),
    ];
}
