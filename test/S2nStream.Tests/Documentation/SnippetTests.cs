namespace S2nTls.Tests.Documentation;

/// <summary>What the pages show compiles and runs, because it is a piece of a test or of an example, word for word.</summary>
public class SnippetTests
{
    private static readonly Dictionary<string, string> s_compiled = Directory
        .EnumerateFiles(RepositoryRoot.Path, "*.cs", SearchOption.AllDirectories)
        .Where(IsSource)
        .SelectMany(file => Snippets.InSource(File.ReadAllText(file)))
        .ToDictionary(snippet => snippet.Name, snippet => snippet.Code);

    public static TheoryData<string, string> Shown { get; } = ReadPages();

    [Theory, MemberData(nameof(Shown))]
    public void A_page_shows_what_is_compiled(string page, string name)
    {
        Assert.True(s_compiled.TryGetValue(name, out string? code), $"No source under test/ or examples/ has '#region snippet {name}', which {page} shows.");
        (_, string? shown) = Snippets.InPage(File.ReadAllText(Path.Combine(RepositoryRoot.Path, page))).Single(snippet => snippet.Name == name);
        Assert.True(code == shown, $"{page} shows something else than the source. The source has:\n\n```csharp\n{code}```");
    }

    [Fact]
    public void Every_snippet_is_shown_somewhere() =>
        Assert.Equal(s_compiled.Keys.Order(StringComparer.Ordinal), Shown.Select(row => (string)row[1]).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Code_is_taken_without_its_indentation_and_compared_with_the_block_below_its_name()
    {
        const string Source = "{\n    #region snippet a-name\n    if (x)\n    {\n\n        y();\n    }\n    #endregion\n}\n";
        const string Page = "Text.\n\n<!-- snippet a-name -->\n```csharp\nif (x)\n{\n\n    y();\n}\n```\n\n<!-- snippet other -->\nno code\n";
        Assert.Equal([("a-name", "if (x)\n{\n\n    y();\n}\n")], Snippets.InSource(Source));
        Assert.Equal([("a-name", "if (x)\n{\n\n    y();\n}\n"), ("other", null)], Snippets.InPage(Page));
    }

    private static TheoryData<string, string> ReadPages()
    {
        var shown = new TheoryData<string, string>();
        foreach (string page in (string[])["README.md", .. Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "docs"), "*.md").Select(file => $"docs/{Path.GetFileName(file)}")])
        {
            foreach ((string name, _) in Snippets.InPage(File.ReadAllText(Path.Combine(RepositoryRoot.Path, page))))
            {
                shown.Add(page, name);
            }
        }

        return shown;
    }

    private static bool IsSource(string file)
    {
        string[] folders = Path.GetRelativePath(RepositoryRoot.Path, file).Split(Path.DirectorySeparatorChar);
        return folders[0] is "test" or "examples" && !folders.Contains("bin") && !folders.Contains("obj") && !folders.Contains("Documentation");
    }
}
