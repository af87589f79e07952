using Spectre.Console;

namespace S2nTls.Benchmarks.Reporting;

/// <summary>
/// Shows how far a comparison is, as a bar or, where the output is no terminal, as a line for each scenario.
/// It draws between the measurements only: drawing takes CPU time, which is what is measured.
/// </summary>
internal static class ComparisonProgress
{
    internal static Task<T> ShowAsync<T>(int steps, Func<Action<string>, Task<T>> compare)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
        {
            return compare(LinePrinter());
        }

        return AnsiConsole.Progress()
            .AutoRefresh(false)
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context =>
            {
                ProgressTask task = context.AddTask("", maxValue: steps);
                int begun = 0;
                return compare(step =>
                {
                    task.Value = begun++;
                    task.Description = Markup.Escape(step);
                    context.Refresh();
                });
            });
    }

    private static Action<string> LinePrinter()
    {
        string last = "";
        return step =>
        {
            string scenario = step.Split(':')[0];
            if (scenario != last)
            {
                last = scenario;
                Console.Error.WriteLine(scenario);
            }
        };
    }
}
