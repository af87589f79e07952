using System.Reflection;

namespace S2nTls.Testing;

/// <summary>The program that says what the libraries do where libs2n cannot be used (test/S2nStream.Elsewhere).</summary>
public static class ElsewhereProgram
{
    private static readonly string s_path = Path.GetFullPath(
        typeof(ElsewhereProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static data => data.Key == "ElsewhereOutput").Value!);

    /// <param name="library">The path of the library; null for the usable one that is beside the program.</param>
    /// <param name="directory">Where it runs. The program takes it over.</param>
    /// <param name="arguments">Its arguments.</param>
    public static PeerProgram Start(string? library, TempDirectory directory, params IReadOnlyCollection<string> arguments) =>
        PeerProgram.Start("env", [.. library is null ? [] : new[] { $"S2N_LIBRARY_PATH={library}" }, "dotnet", s_path, .. arguments], directory);

    /// <summary>Runs it to its end.</summary>
    /// <returns>The lines that it has written.</returns>
    public static async Task<string[]> RunAsync(string? library, TempDirectory directory, params IReadOnlyCollection<string> arguments)
    {
        await using PeerProgram program = Start(library, directory, arguments);
        string[] lines = [];
        await program.ExplainAsync(async () =>
        {
            using var reader = new StreamReader(program.Output);
            lines = (await reader.ReadToEndAsync().WithDeadline()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await program.ExitCodeAsync();
        });
        return lines.Length > 0 ? lines : throw new InvalidOperationException(program.Errors);
    }
}
