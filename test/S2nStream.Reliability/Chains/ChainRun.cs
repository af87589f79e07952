using System.Collections.Concurrent;
using S2nTls.Reliability.Chains.Differing;
using S2nTls.Reliability.Chains.Judging;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains;

/// <summary>Has many chains judged, on all processors, and keeps what nothing explains.</summary>
/// <param name="findingsDirectory">Where the certificates of findings are kept.</param>
internal sealed class ChainRun(string findingsDirectory)
{
    private readonly ConcurrentDictionary<string, long> _agreements = [];
    private readonly ConcurrentDictionary<string, long> _explained = [];
    private readonly ConcurrentQueue<string> _findings = [];
    private long _done;
    private long _notShown;

    internal long Done => Volatile.Read(ref _done);

    /// <summary>Those that no peer could show.</summary>
    internal long NotShown => Volatile.Read(ref _notShown);

    /// <summary>How often the judges said what.</summary>
    internal IReadOnlyDictionary<string, long> Agreements => _agreements;

    /// <summary>The known differences that were seen, and how often.</summary>
    internal IReadOnlyDictionary<string, long> Explained => _explained;

    /// <summary>What nothing explains: the chain and all verdicts on it.</summary>
    internal IReadOnlyCollection<string> Findings => _findings;

    internal Task RunAsync(IEnumerable<ChainCase> cases, CancellationToken stop)
    {
        IEnumerator<ChainCase> next = cases.GetEnumerator();
        var taking = new Lock();
        ChainCase? Take()
        {
            lock (taking)
            {
                return !stop.IsCancellationRequested && next.MoveNext() ? next.Current : null;
            }
        }

        return Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount + 1).Select(_ => Task.Run(async () =>
        {
            using var court = new Court();
            while (Take() is { } chain)
            {
                await TryAsync(court, chain);
                Interlocked.Increment(ref _done);
            }
        }, CancellationToken.None)));
    }

    private async Task TryAsync(Court court, ChainCase tried)
    {
        Verdicts verdicts;
        try
        {
            verdicts = await court.JudgeAsync(tried.Chain, tried.S2nWay, tried.NetWay, tried.AsksGnuTls) with { ByStandard = tried.Standard };
        }
        catch (ChainNotShownException)
        {
            Interlocked.Increment(ref _notShown);
            return;
        }
        catch (Exception e)
        {
            Keep(tried, $"  {e}");
            return;
        }

        _agreements.AddOrUpdate(Line(verdicts), 1, static (_, count) => count + 1);
        Explanation explanation = Differences.Explain(tried.Chain, verdicts);
        foreach (Difference known in explanation.Known)
        {
            _explained.AddOrUpdate($"{known.Judge} {(known.OursAccepts ? "refuses" : "accepts")}: {known.Row}", 1, static (_, count) => count + 1);
        }

        if (explanation.Unexplained.Count > 0)
        {
            Keep(tried, $"{verdicts.Describe()}\n  UNEXPLAINED: {string.Join("; ", explanation.Unexplained)}");
        }
    }

    private static string Line(Verdicts verdicts) => string.Join("  ", Enum.GetValues<Judge>().Select(judge =>
        $"{judge} {(verdicts.Of(judge) is { } verdict ? verdict.Accepts ? "yes" : "no " : " - ")}"));

    private void Keep(ChainCase tried, string what)
    {
        string files = Path.Combine(findingsDirectory, string.Concat(tried.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')));
        Directory.CreateDirectory(files);
        string text = $"{tried.Name}: {tried.Chain.Describe()}\n{what}\n  {files}";
        File.WriteAllText(Path.Combine(files, "sent.pem"), tried.Chain.SentPem);
        File.WriteAllText(Path.Combine(files, "anchors.pem"), tried.Chain.AnchorsPem);
        File.WriteAllText(Path.Combine(files, "key.pem"), tried.Chain.Sent[0].Key.Pem);
        File.WriteAllText(Path.Combine(files, "finding.txt"), text);
        _findings.Enqueue(text);
    }
}
