using System.Text.RegularExpressions;

namespace S2nTls.Tests.Surface;

/// <summary>Every sentence of docs/concurrency.md has a test.</summary>
public partial class ConcurrencyPageTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "concurrency.md"));

    [Fact]
    public void Every_sentence_names_a_test_that_exists()
    {
        string[] sentences = s_page.Split("\n- ")[1..];
        Assert.NotEmpty(sentences);
        Assert.All(sentences, sentence =>
        {
            string[] named = [.. NamedTest().Matches(sentence).Select(match => match.Value)];
            Assert.True(named.Length > 0, $"no test: {sentence}");
            Assert.All(named, name => Assert.True(Exists(name), name));
        });
    }

    private static bool Exists(string name)
    {
        string[] parts = name.Trim('`').Split('.');
        return typeof(ConcurrencyPageTests).Assembly.GetTypes().Any(type => type.Name == parts[0] && type.GetMethod(parts[1]) is not null);
    }

    [GeneratedRegex(@"`\w+Tests\.\w+`")]
    private static partial Regex NamedTest();
}
