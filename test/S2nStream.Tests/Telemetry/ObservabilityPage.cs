using System.Text.RegularExpressions;

namespace S2nTls.Tests.Telemetry;

/// <summary>The tables of docs/observability.md.</summary>
internal static partial class ObservabilityPage
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "observability.md"));

    /// <summary>name, kind, unit, tags</summary>
    public static Dictionary<string, (string Kind, string Unit, string[] Tags)> Instruments { get; } =
        Rows("instrument").ToDictionary(row => Quoted(row[0]).Single(), row => (row[1], Quoted(row[2]).Single(), Quoted(row[3])));

    public static string[] Tags { get; } = [.. Rows("tag", "values").SelectMany(row => Quoted(row[0]))];

    public static string[] ActivityTags { get; } = [.. Rows("tag", "when").SelectMany(row => Quoted(row[0]))];

    public static string[] Events { get; } = [.. Rows("id").Select(row => $"{row[0]} {Quoted(row[1]).Single()} {row[2]} {string.Join(' ', Quoted(row[3]))}")];

    public static string[] Counters { get; } = [.. Rows("counter").SelectMany(row => Quoted(row[0]))];

    public static void AssertHas(Measured measured)
    {
        Assert.True(Instruments.TryGetValue(measured.Instrument, out var instrument), measured.Instrument);
        Assert.All(measured.Tags, tag => Assert.Contains(tag.Split('=')[0], instrument.Tags));
    }

    /// <summary>The rows of the table whose head begins with these.</summary>
    private static IEnumerable<string[]> Rows(params string[] head)
    {
        string[] lines = s_page.Split('\n');
        int first = Array.FindIndex(lines, line => line.StartsWith($"| {string.Join(" | ", head)} |", StringComparison.Ordinal));
        return lines.Skip(first + 2).TakeWhile(line => line.StartsWith('|')).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));
    }

    private static string[] Quoted(string cell) => [.. QuotedText().Matches(cell).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex QuotedText();
}
