using System.CommandLine;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Scenarios;

namespace S2nTls.Benchmarks.Commands;

/// <summary>One scenario with one contender, again and again: for a profiler to watch.</summary>
internal static class WorkCommand
{
    internal static Command Create()
    {
        var name = new Argument<string>("scenario") { Description = "A scenario's name; compare --list has them." };
        var contender = new Argument<Contender>("contender");
        var seconds = new Option<int>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 10 };
        var command = new Command("work", "Does one scenario's work with one contender, for a profiler to watch.") { name, contender, seconds };
        command.SetAction(async (parsed, _) =>
        {
            Scenario scenario = AllScenarios.Named([parsed.GetRequiredValue(name)]).First();
            using Trial trial = await scenario.PrepareAsync(parsed.GetValue(contender));
            await trial.MeasureAsync(Plan.Full.WarmUp);
            double[] measured = await trial.MeasureAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            Console.WriteLine(string.Join('\n', scenario.Rows.Zip(measured, (row, value) => $"{row.Title}: {value:N0} {row.Unit}")));
            return 0;
        });
        return command;
    }
}
