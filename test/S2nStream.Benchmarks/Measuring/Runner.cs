namespace S2nTls.Benchmarks.Measuring;

/// <summary>
/// Runs a scenario: all contenders warm up, then each round measures them one after another, beginning with
/// another one each time. What disturbs the machine for a while so disturbs them all.
/// </summary>
/// <param name="plan">How long and how often.</param>
/// <param name="beginStep">Called before each step, with a text about it; nothing is being measured then.</param>
internal sealed class Runner(Plan plan, Action<string> beginStep)
{
    /// <summary>How many steps <see cref="RunAsync"/> takes.</summary>
    internal static int Steps(Plan plan, Scenario scenario) =>
        (scenario.Contenders.Count - Missing(scenario).Count) * (scenario.Rounds(plan) + (scenario.WarmsUp ? 1 : 0));

    internal async Task<IReadOnlyList<RowResult>> RunAsync(Scenario scenario)
    {
        Dictionary<Contender, string> missing = Missing(scenario);
        Contender[] contenders = [.. scenario.Contenders.Where(contender => !missing.ContainsKey(contender))];
        Dictionary<Contender, Trial> trials = [];
        try
        {
            foreach (Contender contender in contenders)
            {
                trials[contender] = await scenario.PrepareAsync(contender);
                if (scenario.WarmsUp)
                {
                    beginStep($"{scenario.Name}: {contender.Title()} warms up");
                    await trials[contender].MeasureAsync(plan.WarmUp);
                }
            }

            var rounds = new List<Dictionary<Contender, double[]>>();
            for (int round = 0; round < scenario.Rounds(plan); round++)
            {
                Dictionary<Contender, double[]> measured = [];
                for (int i = 0; i < contenders.Length; i++)
                {
                    Contender contender = contenders[(i + round) % contenders.Length];
                    beginStep($"{scenario.Name}: {contender.Title()}, round {round + 1}");
                    measured[contender] = await trials[contender].MeasureAsync(plan.Time);
                }

                rounds.Add(measured);
            }

            return
            [
                .. scenario.Rows.Select((row, index) => new RowResult(
                    scenario.Name,
                    row,
                    contenders.ToDictionary(contender => contender, contender => rounds.Select(round => round[contender][index]).ToArray()),
                    missing)),
            ];
        }
        finally
        {
            foreach (Trial trial in trials.Values)
            {
                trial.Dispose();
            }
        }
    }

    private static Dictionary<Contender, string> Missing(Scenario scenario) =>
        scenario.Contenders
            .Select(contender => (contender, why: scenario.WhyMissing(contender)))
            .Where(entry => entry.why is not null)
            .ToDictionary(entry => entry.contender, entry => entry.why!);
}
