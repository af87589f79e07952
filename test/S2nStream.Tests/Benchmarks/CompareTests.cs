using System.Reflection;
using System.Text.Json;

namespace S2nTls.Tests.Benchmarks;

/// <summary>The comparison as a program, by its shortest part: so that it runs when somebody wants to measure.</summary>
public class CompareTests
{
    [Fact]
    public async Task A_comparison_measures_both_streams_and_writes_what_it_has_measured()
    {
        using var directory = new TempDirectory();
        string results = Path.Combine(directory.Path, "results.json");

        await using PeerProgram program = Start("compare", "--quick", "--only", "allocations", "--json", results);
        program.Input.Close();
        string output = await new StreamReader(program.Output).ReadToEndAsync().WithDeadline(PeerProgram.Patience);
        await program.ExpectSuccessAsync();

        Assert.Contains("S2nStream ÷ SslStream", output, StringComparison.Ordinal);
        using JsonDocument written = JsonDocument.Parse(await File.ReadAllTextAsync(results));
        JsonElement agreements = written.RootElement.GetProperty("agreements");
        Assert.Contains("Tls13, TLS_AES_128_GCM_SHA256", agreements.GetProperty("S2nStream").GetString(), StringComparison.Ordinal);
        Assert.Contains("Tls13, TLS_AES_128_GCM_SHA256", agreements.GetProperty("SslStream").GetString(), StringComparison.Ordinal);
        Assert.All(written.RootElement.GetProperty("rows").EnumerateArray(), row =>
        {
            Assert.NotEmpty(row.GetProperty("measured").GetProperty("S2nStream").EnumerateArray());
            Assert.NotEmpty(row.GetProperty("measured").GetProperty("SslStream").EnumerateArray());
        });
    }

    private static PeerProgram Start(params string[] arguments)
    {
        string path = typeof(CompareTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "BenchmarksOutput").Value!;
        return PeerProgram.Start("dotnet", [Path.GetFullPath(path), .. arguments], new TempDirectory());
    }
}
