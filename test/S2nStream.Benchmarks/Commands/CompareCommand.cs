using System.CommandLine;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Reporting;
using S2nTls.Benchmarks.Scenarios;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Commands;

/// <summary>Compares S2nStream with SslStream, side by side in one process.</summary>
internal static class CompareCommand
{
    internal static Command Create()
    {
        var only = new Option<string[]>("--only")
        {
            Description = "Only the scenarios whose name begins so; can be given several times.",
            HelpName = "name",
        };
        var quick = new Option<bool>("--quick") { Description = "A minute instead of a quarter of an hour, and coarser." };
        var json = new Option<FileInfo>("--json") { Description = "Writes the results to a file, too.", HelpName = "file" };
        var list = new Option<bool>("--list") { Description = "Names the scenarios, and measures nothing." };
        var command = new Command("compare", "Compares S2nStream with SslStream, and both with what limits them.") { only, quick, json, list };
        only.Validators.Add(result =>
        {
            foreach (string name in result.GetValueOrDefault<string[]>())
            {
                if (!AllScenarios.Named([name]).Any())
                {
                    result.AddError($"There is no scenario '{name}'. --list names them.");
                }
            }
        });
        command.SetAction(async (parsed, _) =>
        {
            IEnumerable<Scenario> scenarios = parsed.GetValue(only) is { Length: > 0 } names ? AllScenarios.Named(names) : AllScenarios.All;
            if (parsed.GetValue(list))
            {
                Console.WriteLine(string.Join('\n', scenarios.Select(scenario => scenario.Name)));
                return 0;
            }

            Plan plan = parsed.GetValue(quick) ? Plan.Quick : Plan.Full;
            Results results = await CompareAsync(plan, [.. scenarios.Where(scenario => scenario.IsQuick || !plan.IsQuick)]);
            ConsoleReport.Write(results);
            if (parsed.GetValue(json) is { } file)
            {
                ResultsFile.Write(results, file);
            }

            return 0;
        });
        return command;
    }

    private static async Task<Results> CompareAsync(Plan plan, IReadOnlyList<Scenario> scenarios)
    {
        DateTimeOffset when = DateTimeOffset.Now;
        Dictionary<string, string> agreements = await AgreementsAsync();
        int steps = scenarios.Sum(scenario => Runner.Steps(plan, scenario));
        return await ComparisonProgress.ShowAsync(steps, async beginStep =>
        {
            var runner = new Runner(plan, beginStep);
            List<RowResult> rows = [];
            foreach (Scenario scenario in scenarios)
            {
                rows.AddRange(await runner.RunAsync(scenario));
            }

            return new Results(when, Machine.This(), plan, agreements, rows);
        });
    }

    /// <summary>What the contenders negotiate, for the reader to see that it is the same.</summary>
    private static async Task<Dictionary<string, string>> AgreementsAsync()
    {
        var setup = new TlsSetup(Credentials.P256());
        return new Dictionary<string, string>
        {
            ["S2nStream"] = await OfAsync(Contender.S2nStream, setup),
            ["SslStream"] = await OfAsync(Contender.SslStream, setup),
            ["S2nStream, post-quantum"] = await OfAsync(Contender.S2nStream, setup with { Policy = S2nSecurityPolicy.DefaultPostQuantum }),
            ["S2nStream, resumed"] = await OfAsync(Contender.S2nStream, setup with { Resumes = true }),
            ["SslStream, resumed"] = await OfAsync(Contender.SslStream, setup with { Resumes = true }),
        };
    }

    private static async Task<string> OfAsync(Contender contender, TlsSetup setup)
    {
        using StreamKind kind = StreamKind.Create(contender, setup);
        Agreement first = await Agreement.OfAsync(kind);
        return (setup.Resumes ? await Agreement.OfAsync(kind) : first).ToString();
    }
}
