using System.Reflection;
using System.Text.RegularExpressions;

namespace S2nTls.Tests.Documentation;

/// <summary>docs/features.md speaks of what there is: of public members by their names, and of pages that exist.</summary>
public partial class FeaturesPageTests
{
    private static readonly string s_directory = Path.Combine(RepositoryRoot.Path, "docs");
    private static readonly string s_page = File.ReadAllText(Path.Combine(s_directory, "features.md"));

    public static TheoryData<string> Features { get; } = [.. Rows().Select(row => row[0])];

    [Theory, MemberData(nameof(Features))]
    public void Each_feature_says_yes_or_no_for_all_four_and_names_public_members(string feature)
    {
        string[] row = Rows().Single(row => row[0] == feature);
        Assert.Equal(5, row.Length);
        Assert.DoesNotContain("", row);
        Assert.All(Quoted().Matches(row[^1]).Select(match => match.Groups[1].Value), name => Assert.True(IsPublic(name), $"There is no public {name}."));
    }

    [Fact]
    public void Each_link_leads_to_something() => Assert.All(
        Link().Matches(s_page).Select(match => match.Groups[1].Value),
        link => Assert.True(Path.Exists(Path.Combine(s_directory, link)), $"There is no {link}."));

    private static IEnumerable<string[]> Rows() =>
        s_page.Split('\n').Where(line => line.StartsWith('|')).Skip(2).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    private static bool IsPublic(string name)
    {
        string[] parts = name.Split('.');
        Type? type = typeof(S2nStream).Assembly.GetExportedTypes().SingleOrDefault(type => type.Name == parts[0]);
        return type is not null && (parts.Length == 1 || type.GetMember(parts[1], BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static).Length > 0);
    }

    /// <summary>A name in quotes; s2n's own have underscores.</summary>
    [GeneratedRegex("`([^`_]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\]\(([^)#]+)")]
    private static partial Regex Link();
}
