using System.Text.RegularExpressions;

namespace S2nTls.Tests.Documentation;

/// <summary>docs/index.md, the front page of the site, says in short what README.md says.</summary>
public partial class FrontPageTests
{
    private static readonly string s_readme = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md"));
    private static readonly string s_page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "index.md"));

    public static TheoryData<string> Figures { get; } = [.. Figure().Matches(s_page).Select(match => match.Groups[1].Value).Distinct()];

    [Theory, MemberData(nameof(Figures))]
    public void Each_figure_is_in_the_readme(string figure) => Assert.Matches($@"\b{Regex.Escape(figure)}\b", s_readme);

    [Fact]
    public void Its_before_and_after_is_that_of_the_readme() => Assert.Contains(Difference().Match(s_page).Value, s_readme, StringComparison.Ordinal);

    [Fact]
    public void It_counts_the_examples_as_the_readme_lists_them() =>
        Assert.Contains($"| {InWords(ExampleRow().Count(s_readme))} programs,", s_page, StringComparison.Ordinal);

    private static string InWords(int number) => number switch
    {
        10 => "ten",
        11 => "eleven",
        12 => "twelve",
        13 => "thirteen",
        14 => "fourteen",
        _ => $"{number}",
    };

    [GeneratedRegex(@"\b(\d+(?:\.\d+)?) times\b")]
    private static partial Regex Figure();

    [GeneratedRegex("```diff\n.*?```", RegexOptions.Singleline)]
    private static partial Regex Difference();

    [GeneratedRegex(@"^\| \[\w+\]\(examples/", RegexOptions.Multiline)]
    private static partial Regex ExampleRow();
}
