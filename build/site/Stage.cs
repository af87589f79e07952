#:property PublishAot=false
// Lays out what docfx builds the site from: the pages, as they are in the repository, and whatever they link to.
//
//   dotnet run build/site/Stage.cs REPOSITORY STAGE
//
// The pages in docs/ are written to be read on a Git host, where every link works. Three rules make them work on the site too:
//
//   - A link to a Markdown file makes that file a page of the site.
//   - A link to a folder leads to its README.md, or to a page with the folder's sources.
//   - A link to any other file makes a copy of it part of the site.
//
// A link to nothing is left as it is, for docfx to fail on. The first time that a page names a public type or member as code
// (`S2nContext.ReplaceCertificates`), it becomes a link to the API reference, whose names STAGE/api/.manifest lists.

using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

if (args is not [string repository, string stage])
{
    Console.Error.WriteLine("Stage.cs REPOSITORY STAGE");
    return 2;
}

var site = new Stage(Path.GetFullPath(repository), Path.GetFullPath(stage));
string[] forgotten = site.Lay();
foreach (string page in forgotten)
{
    Console.Error.WriteLine($"{page}: not in docs/toc.yml");
}

return forgotten.Length > 0 ? 1 : 0;

internal sealed partial class Stage(string repository, string stage)
{
    private const string Contents = "docs/toc.yml";

    private readonly ApiNames _names = ApiNames.Read(Path.Combine(stage, "api", ".manifest"));
    private readonly HashSet<string> _seen = [Contents];
    private readonly Queue<string> _pages = [];

    /// <summary>Returns the pages of docs/ that the table of contents does not list.</summary>
    public string[] Lay()
    {
        Write(Contents, ContentsLine().Replace(File.ReadAllText(Path.Combine(repository, Contents)), line => line.Groups[1].Value + Follow(Contents, line.Groups[2].Value)));
        HashSet<string> listed = [.. _seen, "docs/index.md"]; // the front page is not in the table
        string[] pages = [.. Directory.GetFiles(Path.Combine(repository, "docs"), "*.md").Select(file => $"docs/{Path.GetFileName(file)}").Order(StringComparer.Ordinal)];
        foreach (string page in pages.Where(_seen.Add))
        {
            _pages.Enqueue(page);
        }

        Copy("docs/images/logo.svg"); // the header's
        while (_pages.TryDequeue(out string? page))
        {
            Write(page, Page(page));
        }

        foreach (string file in Directory.GetFiles(Path.Combine(stage, "api"), "*.yml"))
        {
            File.WriteAllText(file, NamedPage().Replace(File.ReadAllText(file), page => $"<a href='../{page.Groups["page"].Value}'>{page.Groups["page"].Value}</a>"));
        }

        return [.. pages.Where(page => !listed.Contains(page))];
    }

    private string Page(string page)
    {
        bool inCode = false;
        var linked = new HashSet<string>();
        var text = new StringBuilder();
        foreach (string line in File.ReadAllLines(Path.Combine(repository, page)))
        {
            bool isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            inCode ^= isFence;
            bool isTitle = line.StartsWith('#');
            text.Append(isFence && inCode && line.TrimStart() == "```" ? $"{line}text" // or else highlight.js guesses a language
                : inCode || isFence ? line
                : LinkOrCode().Replace(line, match => match.Groups["link"] is { Success: true } link
                ? $"{match.Groups["text"].Value}({Follow(page, link.Value)}{match.Groups["rest"].Value})"
                : _names.UidOf(match.Groups["code"].Value) is { } uid && !isTitle && linked.Add(uid) ? $"[{match.Value}](xref:{uid})" : match.Value)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Makes what a page links to part of the site, and returns the link to it.</summary>
    private string Follow(string page, string link)
    {
        string full = Path.GetFullPath(Path.Combine(repository, Path.GetDirectoryName(page)!, link));
        if (link.Contains(':') || !full.StartsWith(repository + '/', StringComparison.Ordinal) || !Path.Exists(full))
        {
            return link;
        }

        if (Directory.Exists(full))
        {
            if (File.Exists(Path.Combine(full, "README.md")))
            {
                return Follow(page, $"{link.TrimEnd('/')}/README.md");
            }

            string folder = Path.GetRelativePath(repository, full);
            if (_seen.Add(folder))
            {
                Write($"{folder}/index.md", SourcePage.Make(repository, folder));
            }

            return $"{link.TrimEnd('/')}/index.md";
        }

        string path = Path.GetRelativePath(repository, full);
        if (_seen.Add(path))
        {
            if (path.EndsWith(".md", StringComparison.Ordinal))
            {
                _pages.Enqueue(path);
            }
            else
            {
                Copy(path);
            }
        }

        return link;
    }

    private void Copy(string path)
    {
        string target = Path.Combine(stage, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(Path.Combine(repository, path), target, overwrite: true);
    }

    private void Write(string path, string text)
    {
        string target = Path.Combine(stage, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.WriteAllText(target, text);
    }

    [GeneratedRegex(@"(?<text>!?\[(?:[^\[\]]|\[[^\]]*\])*\])\((?<link>[^)\s#]+)(?<rest>[^)]*)\)|(?<!`)`(?<code>[^`]+)`(?!`)")]
    private static partial Regex LinkOrCode();

    /// <summary>XML documentation names pages by their path: it is read in editors too, where a link would lead nowhere. The link here is HTML, as its paragraphs are.</summary>
    [GeneratedRegex(@"<code>(?<page>docs/[\w-]+\.md)</code>|\b(?<page>docs/[\w-]+\.md)")]
    private static partial Regex NamedPage();

    [GeneratedRegex(@"^(\s*(?:- )?href: )(\S+)$", RegexOptions.Multiline)]
    private static partial Regex ContentsLine();
}

/// <summary>The names of the API reference, as pages write them: <c>S2nContext</c>, <c>S2nContext.Dispose</c>, <c>Dispose</c>'s overloads together.</summary>
internal sealed class ApiNames(Dictionary<string, string> uids)
{
    public static ApiNames Read(string manifest)
    {
        var uids = new Dictionary<string, string>();
        foreach (string uid in JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(manifest))!.Keys.Where(uid => !uid.Contains('#')))
        {
            string name = uid.Split('(')[0];
            string[] parts = name.Split('.');
            string shown = string.Join('.', parts.SkipWhile(part => part is "S2nTls" or "AspNetCore" or "Microsoft" or "Hosting" or "Extensions" or "DependencyInjection"));
            uids.TryAdd(shown, uid.Contains('(') ? $"{name}*" : uid);
        }

        return new ApiNames(uids);
    }

    public string? UidOf(string code) => uids.GetValueOrDefault(code.Split('(')[0]);
}

/// <summary>A page with the sources of a folder.</summary>
internal static partial class SourcePage
{
    public static string Make(string repository, string folder)
    {
        var page = new StringBuilder($"# {Path.GetFileName(folder)}\n\n");
        if (Array.Find(File.ReadAllLines(Path.Combine(repository, "README.md")), line => line.Contains($"]({folder}) |", StringComparison.Ordinal)) is { } row)
        {
            string what = Link().Replace(row.Split('|')[2].Trim(), "$1");
            page.Append($"{char.ToUpperInvariant(what[0])}{what[1..]}.\n\n");
        }

        string[] files = [.. Directory.GetFiles(Path.Combine(repository, folder), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Path.Combine(repository, folder), file))
            .Where(file => !file.StartsWith("bin/", StringComparison.Ordinal) && !file.StartsWith("obj/", StringComparison.Ordinal))
            .OrderBy(file => file switch { "Program.cs" => 0, _ when file.EndsWith(".csproj", StringComparison.Ordinal) => 2, _ => 1 })
            .ThenBy(file => file, StringComparer.Ordinal)];
        if (files.Contains("Program.cs"))
        {
            page.Append($"```text\ndotnet run --project {folder}\n```\n\n");
        }

        foreach (string file in files)
        {
            string code = Region().Replace(File.ReadAllText(Path.Combine(repository, folder, file)), "").Trim('\uFEFF', '\n');
            page.Append($"## {file}\n\n````{LanguageOf(file)}\n{code}\n````\n\n");
        }

        return page.ToString();
    }

    private static string LanguageOf(string file) => Path.GetExtension(file) switch
    {
        ".cs" => "csharp",
        ".csproj" => "xml",
        ".proto" => "protobuf",
        ".json" => "json",
        _ => "text",
    };

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^ *#(end)?region.*\n", RegexOptions.Multiline)]
    private static partial Regex Region();
}
