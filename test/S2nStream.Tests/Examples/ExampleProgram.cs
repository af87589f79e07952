using System.Globalization;
using System.Reflection;
using System.Text;
using S2nTls.Tests.Behaviours;

namespace S2nTls.Tests.Examples;

/// <summary>Runs the examples as a user would: as programs.</summary>
internal static class ExampleProgram
{
    private static readonly CompositeFormat s_output = OutputOf("ExampleOutput");
    private static readonly CompositeFormat s_overSslStreamOutput = OutputOf("OverSslStreamOutput");

    public static PeerProgram Start(string example, TempDirectory directory, params string[] arguments) =>
        PeerProgram.Start("dotnet", [PathOf(example), .. arguments], directory);

    /// <summary>Runs one over the type of stream that is asked for: the example, or what it was before the type's name was changed in it.</summary>
    public static PeerProgram StartOver(Kind kind, string example, TempDirectory directory, params string[] arguments) =>
        PeerProgram.Start("dotnet", [kind == Kind.S2nStream ? PathOf(example) : PathOf(example, s_overSslStreamOutput), .. arguments], directory);

    /// <inheritdoc cref="Start"/>
    /// <param name="variable">An environment variable for it, as NAME=VALUE.</param>
    public static PeerProgram StartWith(string variable, string example, TempDirectory directory, params string[] arguments) =>
        StartWith([variable], example, directory, arguments);

    /// <inheritdoc cref="StartWith(string, string, TempDirectory, string[])"/>
    /// <param name="variables">Environment variables for it.</param>
    public static PeerProgram StartWith(string[] variables, string example, TempDirectory directory, params string[] arguments) =>
        PeerProgram.Start("env", [.. variables, "dotnet", PathOf(example), .. arguments], directory);

    /// <summary>Runs one to its end, with nothing on its standard input.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(string example, params string[] arguments) =>
        EndAsync(Start(example, new TempDirectory(), arguments));

    /// <summary>Waits for a program's end, with nothing on its standard input.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> EndAsync(PeerProgram started)
    {
        await using PeerProgram program = started;
        program.Input.Close();
        string output = await new StreamReader(program.Output).ReadToEndAsync().WithDeadline();
        int code = await program.ExitCodeAsync();
        return (code, output, program.Errors);
    }

    private static string PathOf(string example) => PathOf(example, s_output);

    private static string PathOf(string example, CompositeFormat output) => Path.GetFullPath(string.Format(CultureInfo.InvariantCulture, output, example));

    private static CompositeFormat OutputOf(string key) => CompositeFormat.Parse(
        typeof(ExampleProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!);
}
