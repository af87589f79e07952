using System.Text;
using S2nTls.Benchmarks.Measuring;

namespace S2nTls.Benchmarks.Reporting;

/// <summary>Puts results into a page: the part between two marks is replaced, and the chart beside the page too.</summary>
internal static class PerformancePage
{
    private const string Begin = "<!-- figures: written by `S2nStream.Benchmarks page` -->";
    private const string End = "<!-- end of the figures -->";

    internal static void Update(Results results, FileInfo page)
    {
        string text = File.ReadAllText(page.FullName);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new InvalidDataException($"{page} has no place for figures, which is between '{Begin}' and '{End}'.");
        }

        string chart = Path.ChangeExtension(page.FullName, ".svg");
        Chart.Write(results, chart);
        File.WriteAllText(page.FullName, text[..(begin + Begin.Length)] + Figures(results, Path.GetFileName(chart)) + text[end..]);
    }

    private static string Figures(Results results, string chart)
    {
        var text = new StringBuilder();
        text.Append($"\n\nMeasured on {results.When:yyyy-MM-dd}: {results.Machine}.\n{Extent(results.Plan)}\n\n");
        foreach ((string contender, string agreement) in results.Agreements)
        {
            text.Append($"- {contender}: {agreement}\n");
        }

        text.Append($"\n![Work per CPU-second, SslStream being 1]({chart})\n\n");
        AppendLine(text, FigureText.Columns);
        AppendLine(text, FigureText.Columns.Select((_, i) => i < 2 ? "---" : "---:"));
        foreach (RowResult row in results.TableRows)
        {
            AppendLine(text, FigureText.Cells(row));
        }

        return text.Append('\n').ToString();
    }

    private static string Extent(Plan plan) =>
        $"{(plan.IsQuick ? "A quick run: " : "")}{plan.Rounds} rounds of {plan.Time.TotalSeconds:0.##} s for each contender after {plan.WarmUp.TotalSeconds:0.##} s of warm-up; {plan.ProcessRounds} for idle connections.";

    private static void AppendLine(StringBuilder text, IEnumerable<string> cells) => text.Append($"| {string.Join(" | ", cells)} |\n");
}
