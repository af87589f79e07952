using System.Security.Authentication;
using System.Text;
using S2nTls.Reliability.Chains;
using S2nTls.Reliability.Chains.Cases;
using S2nTls.Reliability.Chains.Differing;
using S2nTls.Reliability.Chains.Judging;
using Xunit.Abstractions;

namespace S2nTls.Tests.Certificates;

/// <summary>
/// The short form of build/chains.sh: chains of every kind, on which both ways of an S2nStream, SslStream, OpenSSL and GnuTLS give one verdict,
/// or differ as docs/certificates.md says.
/// </summary>
[Collection(nameof(Alone))] // the system's roots are set in the environment
public class ChainTests(ITestOutputHelper output)
{
    /// <summary>Always the same.</summary>
    private const int FixedSeed = 5280;

    private static readonly string s_findings = Path.Combine(Path.GetTempPath(), "s2nstream-chains");
    private const string OfNet11 = ".NET 11: ";

    private static readonly string[] s_page = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "docs", "certificates.md"));

    [Fact]
    [Needs("openssl", "certtool")]
    public Task All_named_cases_get_one_verdict_and_that_of_the_standard() => JudgeAsync(ChainCase.EachNamed());

    [Fact]
    [Needs("openssl", "certtool")]
    public Task Generated_chains_get_one_verdict() => JudgeAsync(Enumerable.Range(FixedSeed, 200).Select(seed => ChainCase.Generate(seed, gnuTlsEvery: 4)));

    [Fact]
    [Needs("openssl", "certtool")]
    public Task Chains_that_nobody_has_seen_get_one_verdict()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"build/chains.sh --count 50 --seed {seed} does the same.");
        return JudgeAsync(Enumerable.Range(0, 50).Select(number => ChainCase.Generate(unchecked(seed + number), gnuTlsEvery: 4)));
    }

    [Fact]
    [Needs("openssl", "certtool")]
    public async Task Each_known_difference_has_a_case_that_shows_it()
    {
        using var court = new Court();
        var missing = new List<string>();
        foreach (Difference difference in Differences.All)
        {
            NamedCase named = NamedCases.All[difference.Case];
            bool isTls12Only = difference is { Judge: Judge.SslStream, OursAccepts: true, Row: Rows.NoSignature };
            var told = new StringBuilder();
            bool isShown = false;
            foreach (bool isClients in named.IsForClientsToo ? new[] { false, true } : [false])
            {
                ChainCase shown = ChainCase.Of(named, isTls12Only ? SslProtocols.Tls12 : SslProtocols.Tls13, ways: 0, isClients);
                Verdicts verdicts = await court.JudgeAsync(shown.Chain, shown.S2nWay, shown.NetWay, alsoGnuTls: true) with { ByStandard = shown.Standard };
                isShown |= Differences.Explain(shown.Chain, verdicts).Known.Contains(difference);
                told.AppendLine(verdicts.Describe());
            }

            if (!isShown)
            {
                missing.Add($"{difference.Judge}: {difference.Row}; {difference.Case}\n{told}");
            }
        }

        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    [Fact]
    public void Each_known_difference_is_in_the_page_and_nothing_else()
    {
        var said = new List<string>();
        foreach (string[] cells in s_page.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]))
        {
            if (cells is [var row, var ours, var sslStream, var openSsl, var gnuTls, ..] && Starts(ours) is { } accepts)
            {
                said.AddRange(new[] { (Judge.SslStream, sslStream), (Judge.OpenSsl, openSsl), (Judge.GnuTls, gnuTls) }
                    .Where(cell => Starts(cell.Item2) == !accepts).Select(cell => $"{cell.Item1}: {row} ({(accepts ? "accepted" : "refused")} here)"));
            }
        }

        Assert.Equal(
            Differences.All.Where(difference => difference.Judge is not (Judge.Standard or Judge.Net))
                .Select(difference => $"{difference.Judge}: {difference.Row} ({(difference.OursAccepts ? "accepted" : "refused")} here)").Order(StringComparer.Ordinal),
            said.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Nothing_is_known_to_be_accepted_here_that_both_SslStream_and_OpenSsl_refuse() => Assert.Empty(
        Differences.All.Where(difference => difference is { OursAccepts: true, Judge: Judge.SslStream }).Select(difference => difference.Row)
            .Intersect(Differences.All.Where(difference => difference is { OursAccepts: true, Judge: Judge.OpenSsl }).Select(difference => difference.Row)));

    [Theory]
    [InlineData(true, false, true, true, "the two ways differ")]
    [InlineData(false, true, false, false, "the two ways differ")]
    [InlineData(true, true, false, true, "SslStream refuses")]
    [InlineData(true, true, true, false, "OpenSsl refuses")]
    [InlineData(false, false, true, false, "SslStream accepts")]
    [InlineData(false, false, false, true, "OpenSsl accepts")]
    [InlineData(true, true, false, false, "accepted here, and refused by both SslStream and OpenSSL")]
    [InlineData(true, false, false, false, "accepted here, and refused by both SslStream and OpenSSL")]
    public void A_difference_that_nobody_knows_is_found(bool byS2n, bool byNet, bool bySslStream, bool byOpenSsl, string expected)
    {
        var verdicts = new Verdicts(Of(byS2n), Of(byNet), Of(bySslStream), Of(byOpenSsl), null, "none");
        Assert.Contains(expected, Differences.Explain(NamedCases.All["building: three intermediates"].Make(1), verdicts).Unexplained);
    }

    [Fact]
    public void A_seed_repeats_its_chain()
    {
        Assert.Equal(ChainGenerator.Make(FixedSeed).Describe(), ChainGenerator.Make(FixedSeed).Describe());
        Assert.NotEqual(ChainGenerator.Make(FixedSeed).Describe(), ChainGenerator.Make(FixedSeed + 1).Describe());
    }

    private static Verdict Of(bool accepts) => accepts ? Verdict.Accepted : new Verdict(false, "for a reason");

    /// <returns>What a cell says of the runtime at hand, or begins with; null where it says something else.</returns>
    private static bool? Starts(string cell) =>
        cell.IndexOf(OfNet11, StringComparison.Ordinal) is var at && at >= 0 && Runtime.IsNet11 ? Starts(cell[(at + OfNet11.Length)..]) :
        cell.StartsWith("accepted", StringComparison.Ordinal) ? true : cell.StartsWith("refused", StringComparison.Ordinal) ? false : null;

    private async Task JudgeAsync(IEnumerable<ChainCase> cases)
    {
        var run = new ChainRun(s_findings);
        await run.RunAsync(cases, CancellationToken.None).WithDeadline(TimeSpan.FromMinutes(5));
        output.WriteLine($"{run.Done} chains; {string.Join(", ", run.Agreements.Select(entry => $"{entry.Key}: {entry.Value}"))}");
        Assert.True(run.Findings.Count == 0, $"{run.Findings.Count} of {run.Done}:\n{string.Join('\n', run.Findings)}");
        Assert.InRange(run.NotShown, 0, run.Done / 20);
    }
}
