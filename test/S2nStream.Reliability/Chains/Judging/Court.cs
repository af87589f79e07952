using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Judging;

/// <summary>Has all judges judge a chain. Not thread-safe: each worker has its own.</summary>
internal sealed class Court : IDisposable
{
    private readonly VerifyingPrograms _programs = new();

    /// <param name="chain">The chain.</param>
    /// <param name="s2nWay">By which options s2n is asked; where they do not take the anchors, the system's roots are used.</param>
    /// <param name="netWay">By which options .NET is asked.</param>
    /// <param name="alsoGnuTls">Whether certtool is asked too, which takes longer than all others.</param>
    /// <exception cref="ChainNotShownException">No judge could be shown the chain.</exception>
    internal async Task<Verdicts> JudgeAsync(ChainDraft chain, S2nWay s2nWay, NetWay netWay, bool alsoGnuTls)
    {
        using var presenter = new Presenter(chain);
        if (!chain.Anchors.TrueForAll(anchor => anchor.IsSelfSigned) && !S2nJudge.TakesAsRoots(chain))
        {
            (s2nWay, netWay) = (S2nWay.SystemRoots, netWay == NetWay.CallbackOverRoots ? NetWay.CallbackOverPolicy : netWay);
        }

        Verdict byS2n = await S2nJudge.JudgeAsync(presenter, chain, s2nWay);
        Verdict byNet = await S2nJudge.JudgeAsync(presenter, chain, netWay);
        Verdict bySslStream = await SslStreamJudge.JudgeAsync(presenter, chain);
        (Verdict byOpenSsl, Verdict? byGnuTls) = await _programs.JudgeAsync(chain, alsoGnuTls);
        return new Verdicts(byS2n, byNet, bySslStream, byOpenSsl, byGnuTls, $"{s2nWay}, {netWay}");
    }

    public void Dispose() => _programs.Dispose();
}
