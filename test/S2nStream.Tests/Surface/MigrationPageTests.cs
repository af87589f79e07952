using System.Net.Security;
using System.Reflection;
using System.Text.RegularExpressions;
using S2nTls.Tests.Behaviours;

namespace S2nTls.Tests.Surface;

/// <summary>docs/sslstream.md leaves nothing out: no member, no option, no difference.</summary>
public partial class MigrationPageTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly string[] s_verdicts = ["same", "better", "differs", "refused"];

    private static readonly string s_page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "sslstream.md"));

    [Fact]
    public void Every_member_of_SslStream_is_judged_once() => AssertJudged(
        "Members",
        typeof(SslStream).GetMembers(Declared)
            .Where(member => member is not MethodBase { IsSpecialName: true, IsConstructor: false })
            .Select(member => member is ConstructorInfo ? nameof(SslStream) : member.Name));

    [Theory]
    [InlineData(typeof(SslClientAuthenticationOptions))]
    [InlineData(typeof(SslServerAuthenticationOptions))]
    public void Every_option_is_judged_once(Type options) =>
        AssertJudged(options.Name, options.GetProperties(Declared).Select(property => property.Name));

    [Fact]
    public void Every_difference_is_told_and_no_other() => Assert.Equal(
        Differences.All.Select(difference => $"| {difference.What} | {difference.Ssl} | {difference.S2n} | {difference.Why} |").Order(StringComparer.Ordinal),
        RowsOf("Differences").Order(StringComparer.Ordinal));

    private static void AssertJudged(string section, IEnumerable<string> names)
    {
        var judged = new List<string>();
        foreach (string row in RowsOf(section))
        {
            string[] cells = row.Split('|', StringSplitOptions.TrimEntries);
            judged.AddRange(Quoted().Matches(cells[1]).Select(match => match.Groups[1].Value));
            Assert.True(s_verdicts.Contains(cells[2]), $"no verdict: {row}");
            Assert.True(cells[2] is not ("differs" or "refused") || cells[3].Length > 0, $"no reason: {row}");
        }

        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), judged.Order(StringComparer.Ordinal));
    }

    /// <summary>The rows of the table below a heading, without the table's head.</summary>
    private static IEnumerable<string> RowsOf(string heading)
    {
        string section = s_page.Split("\n## ").Single(text => text.StartsWith(heading + "\n", StringComparison.Ordinal));
        return section.Split('\n').Where(line => line.StartsWith('|')).Skip(2);
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
