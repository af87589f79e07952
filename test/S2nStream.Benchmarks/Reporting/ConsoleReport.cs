using S2nTls.Benchmarks.Measuring;
using Spectre.Console;

namespace S2nTls.Benchmarks.Reporting;

/// <summary>The results as a table on the console.</summary>
internal static class ConsoleReport
{
    private const int LeastWidth = 160;

    internal static void Write(Results results)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, LeastWidth);
        }

        AnsiConsole.WriteLine(results.Machine.ToString());
        foreach ((string contender, string agreement) in results.Agreements)
        {
            AnsiConsole.WriteLine($"{contender}: {agreement}");
        }

        var table = new Table { Border = TableBorder.Simple };
        foreach (string column in FigureText.Columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)) { Alignment = column.StartsWith('S') || column == "limit" ? Justify.Right : Justify.Left });
        }

        foreach (RowResult row in results.TableRows)
        {
            table.AddRow(FigureText.Cells(row).Select(Markup.Escape).ToArray());
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("Medians ± median absolute deviations. Ratios: medians of the rounds' ratios, with their quartiles.");
        AnsiConsole.WriteLine("CPU-s: a second of this process's CPU time, both ends counted. Idle connections: what TLS adds to a TCP connection's memory.");
    }
}
