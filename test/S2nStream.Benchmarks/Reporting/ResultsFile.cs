using System.Text.Json;
using System.Text.Json.Serialization;

namespace S2nTls.Benchmarks.Reporting;

/// <summary>Results as JSON. Medians and ratios are there for other readers; reading computes them again from the values.</summary>
internal static class ResultsFile
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    internal static void Write(Results results, FileInfo file)
    {
        file.Directory?.Create();
        File.WriteAllText(file.FullName, JsonSerializer.Serialize(results, s_options) + "\n");
    }

    internal static Results Read(FileInfo file) =>
        JsonSerializer.Deserialize<Results>(File.ReadAllText(file.FullName), s_options)
        ?? throw new InvalidDataException($"{file} holds no results.");
}
