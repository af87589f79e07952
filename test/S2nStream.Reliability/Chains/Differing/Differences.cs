using S2nTls.Reliability.Chains.Judging;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Differing;

/// <summary>
/// All that is known of where verdicts differ. What is not here is a finding.
/// </summary>
internal static class Differences
{
    internal static IReadOnlyList<Difference> All { get; } = [.. NetDifferences.All, .. SslStreamDifferences.All, .. OpenSslDifferences.All, .. GnuTlsDifferences.All, .. StandardDifferences.All];

    internal static Explanation Explain(ChainDraft chain, Verdicts verdicts)
    {
        var known = new List<Difference>();
        var unexplained = new List<string>();
        foreach (Judge judge in new[] { Judge.Net, Judge.SslStream, Judge.OpenSsl, Judge.GnuTls, Judge.Standard })
        {
            if (verdicts.Of(judge) is not { } verdict || verdict.Accepts == verdicts.ByS2n.Accepts)
            {
                continue;
            }

            if (All.FirstOrDefault(difference => difference.Judge == judge && difference.OursAccepts == verdicts.ByS2n.Accepts && difference.Applies(chain, verdicts)) is { } difference)
            {
                known.Add(difference);
            }
            else
            {
                unexplained.Add(judge == Judge.Net ? "the two ways differ" : $"{judge} {(verdict.Accepts ? "accepts" : "refuses")}");
            }
        }

        // What we accept for reasons that one of them does not share is known; that both refuse for the same reason never is.
        if (verdicts is { BySslStream.Accepts: false, ByOpenSsl.Accepts: false } && (verdicts.ByS2n.Accepts || verdicts.ByNet.Accepts) &&
            known.Where(difference => difference.Judge is Judge.SslStream or Judge.OpenSsl).Select(difference => difference.Row).Distinct().Count() < 2)
        {
            unexplained.Add("accepted here, and refused by both SslStream and OpenSSL");
        }

        return new Explanation(known, unexplained);
    }
}
