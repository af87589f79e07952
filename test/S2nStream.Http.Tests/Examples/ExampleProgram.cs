using System.Reflection;

namespace S2nTls.Http.Tests.Examples;

/// <summary>Runs the examples as a user would: as programs.</summary>
internal static class ExampleProgram
{
    private static readonly string s_output = typeof(ExampleProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ExampleOutput").Value!;

    public static PeerProgram Start(string example, TempDirectory directory, params string[] arguments) =>
        PeerProgram.Start("dotnet", [PathOf(example), .. arguments], directory);

    /// <summary>Starts one with the system's OpenSSL configured as a file in its directory says.</summary>
    public static PeerProgram StartWithOpenSslConfiguration(string file, string example, TempDirectory directory, params string[] arguments) =>
        PeerProgram.Start("env", [$"OPENSSL_CONF={directory.PathOf(file)}", "dotnet", PathOf(example), .. arguments], directory);

    /// <summary>Runs one to its end, in a directory with what <see cref="PemFiles"/> writes of a client's certificate.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string example, params string[] arguments)
    {
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Default.Issue(forClients: true));
        await using PeerProgram program = Start(example, directory, arguments);
        program.Input.Close();
        string output = await new StreamReader(program.Output).ReadToEndAsync().WithDeadline();
        int code = await program.ExitCodeAsync();
        return (code, output, program.Errors);
    }

    private static string PathOf(string example) => Path.GetFullPath(s_output.Replace("{0}", example, StringComparison.Ordinal));
}
