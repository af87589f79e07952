using System.Text.RegularExpressions;
using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Tests.Errors;

/// <summary>docs/errors.md says what the code says: each error, each kind of error, each alert, and no other.</summary>
public partial class ErrorsPageTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "errors.md"));

    [Fact]
    public void It_has_the_advice_for_every_error() =>
        AssertRows("By name", ErrorAdvice.ByError.Select(entry => $"| `{entry.Key}` | {entry.Value.Meaning} | {entry.Value.Remedy} |"));

    [Fact]
    public void It_has_the_advice_for_every_kind_of_error() =>
        AssertRows("By kind, for all others", ErrorAdvice.ByType.Select(entry => $"| `{entry.Key}` | {entry.Value.Meaning} | {entry.Value.Remedy} |"));

    [Fact]
    public void It_has_the_alert_for_every_refusal_of_a_certificate() =>
        Assert.Equal(
            CertificateAlerts.ByError.Select(entry => $"| `{entry.Key}` | `{entry.Value}` |").Order(StringComparer.Ordinal),
            RowsOf("Refused certificates").Order(StringComparer.Ordinal));

    [Fact]
    public void It_has_every_alert()
    {
        string[] named = [.. RowsOf("Alerts").Select(row => NameAndNumber().Match(row).Value)];
        Assert.Equal(Enum.GetValues<TlsAlert>().Select(alert => $"`{alert}` ({(int)alert})"), named);
    }

    [Fact]
    public void Every_error_that_is_named_is_one_of_the_librarys()
    {
        // s2n's errors are numbered by kind, with room in between.
        HashSet<string> known = [.. Enumerable.Range(0, 8).SelectMany(kind => Enumerable.Range(kind << 26, 200)).Select(code => new S2nError(code, default).Name)];
        Assert.All(ErrorAdvice.ByError.Keys, name => Assert.Contains(name, known));
    }

    private static void AssertRows(string heading, IEnumerable<string> expected) => Assert.Equal(expected, RowsOf(heading));

    private static IEnumerable<string> RowsOf(string heading)
    {
        string section = s_page.Split("\n## ").Single(text => text.StartsWith(heading + "\n", StringComparison.Ordinal));
        return section.Split('\n').Where(line => line.StartsWith('|')).Skip(2);
    }

    [GeneratedRegex(@"`\w+` \(\d+\)")]
    private static partial Regex NameAndNumber();
}
