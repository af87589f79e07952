using System.Text.RegularExpressions;

namespace S2nTls.Tests.Documentation;

/// <summary>
/// Code that a page shows and a test or an example compiles and runs: between <c>#region snippet NAME</c> and
/// <c>#endregion</c> in a source, and below <c>&lt;!-- snippet NAME --&gt;</c> in a page.
/// </summary>
internal static partial class Snippets
{
    /// <summary>The code of a source's regions, by name, without the indentation that all its lines have.</summary>
    public static IEnumerable<(string Name, string Code)> InSource(string source) =>
        Region().Matches(source).Select(match => (match.Groups["name"].Value, WithoutIndentation(match.Groups["code"].Value)));

    /// <summary>The code that a page shows, by name; null where no block of C# follows the name.</summary>
    public static IEnumerable<(string Name, string? Code)> InPage(string page) =>
        Mark().Matches(page).Select(match => (match.Groups["name"].Value, match.Groups["code"].Success ? match.Groups["code"].Value : null));

    private static string WithoutIndentation(string code)
    {
        string[] lines = code.Split('\n');
        int indentation = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length > 0 ? line[indentation..] : line));
    }

    [GeneratedRegex(@"^ *#region snippet (?<name>\S+)\n(?<code>.*?\n) *#endregion", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Region();

    [GeneratedRegex(@"^<!-- snippet (?<name>\S+) -->\n(```csharp\n(?<code>.*?\n)```\n)?", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Mark();
}
