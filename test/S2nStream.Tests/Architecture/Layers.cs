using System.Text.RegularExpressions;

namespace S2nTls.Tests.Architecture;

/// <summary>Which layer each type of the core is in: that of its folder, as CONTRIBUTING.md has them.</summary>
internal static partial class Layers
{
    /// <summary>From the lowest up. Engine and Translation stand beside each other.</summary>
    internal static readonly string[][] FromBelow =
    [
        ["Wire"],
        ["Telemetry"],
        ["Interop", "Errors"],
        ["Context", "Certificates", "Policies", "Sessions", "EarlyData", "PreSharedKeys", "ClientHello"],
        ["Engine", "Translation"],
        ["Stream", "Authentication", "Transport"],
    ];

    /// <summary>The folders below src/S2nStream, by the types' full names.</summary>
    internal static IReadOnlyDictionary<string, string> FolderOf { get; } = Read();

    internal static int HeightOf(string folder) => Array.FindIndex(FromBelow, layer => layer.Contains(folder));

    /// <summary>Whether the one may know the other.</summary>
    internal static bool MayKnow(string folder, string other)
    {
        int height = HeightOf(folder), otherHeight = HeightOf(other);
        return otherHeight < height || (otherHeight == height && (folder == other || !(FromBelow[height] is ["Engine", "Translation"])));
    }

    private static Dictionary<string, string> Read()
    {
        string source = Path.Combine(RepositoryRoot.Path, "src", "S2nStream");
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories))
        {
            string folder = Path.GetRelativePath(source, file).Split('/')[0];
            if (folder is "obj" or "bin")
            {
                continue;
            }

            string text = File.ReadAllText(file);
            string space = NamespaceLine().Match(text).Groups[1].Value;
            foreach (Match declaration in Declaration().Matches(text))
            {
                folders[$"{space}.{declaration.Groups[1].Value}"] = folder.EndsWith(".cs", StringComparison.Ordinal) ? "" : folder;
            }
        }

        return folders;
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(
        @"^(?:public|internal) (?:(?:static|sealed|abstract|readonly|ref|unsafe|partial) )*(?:class|record struct|record|struct|interface|enum|delegate [\w<>\[\]?, ]+?) (\w+)",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
