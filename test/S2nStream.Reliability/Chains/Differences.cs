using S2nTls.Reliability.Chains.Judging;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains;

/// <summary>All that is known of where verdicts differ. What is not here is a finding.</summary>
internal static class Differences
{
    internal static readonly Difference[] All =
    [
    ];

    internal static Explanation Explain(ChainDraft chain, Verdicts verdicts)
    {
        var rows = new List<string>();
        var unexplained = new List<string>();
        if (verdicts.ByS2n.Accepts != verdicts.ByNet.Accepts)
        {
            unexplained.Add("the two ways differ");
        }

        foreach (Judge judge in new[] { Judge.SslStream, Judge.OpenSsl, Judge.GnuTls, Judge.Standard })
        {
            if (verdicts.Of(judge) is not { } verdict || verdict.Accepts == verdicts.ByS2n.Accepts)
            {
                continue;
            }

            if (Array.Find(All, difference => difference.Judge == judge && difference.OursAccepts == verdicts.ByS2n.Accepts && difference.Applies(chain, verdicts)) is { } known)
            {
                rows.Add($"{judge} {(known.OursAccepts ? "refuses" : "accepts")}: {known.Row}");
            }
            else
            {
                unexplained.Add($"{judge} {(verdict.Accepts ? "accepts" : "refuses")}");
            }
        }

        return new Explanation(rows, unexplained);
    }
}
