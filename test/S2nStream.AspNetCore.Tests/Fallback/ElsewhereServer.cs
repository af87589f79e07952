namespace S2nTls.AspNetCore.Tests.Fallback;

/// <summary>A server where libs2n cannot be used, unless a usable one is given; in its directory are the files of <see cref="PemFiles"/>.</summary>
internal sealed class ElsewhereServer : IAsyncDisposable
{
    /// <summary>What makes <see cref="TestAuthority.Localhost"/> the server's default certificate.</summary>
    public static readonly string[] DefaultCertificate =
        [$"--Kestrel:Certificates:Default:Path={PemFiles.Certificate}", $"--Kestrel:Certificates:Default:KeyPath={PemFiles.Key}"];

    private readonly PeerProgram _program;

    private ElsewhereServer(PeerProgram program) => _program = program;

    /// <summary>The ports of its addresses, in order.</summary>
    public List<int> Ports { get; } = [];

    /// <summary>What it has said before it began to serve, except its addresses: warnings, and why it does not.</summary>
    public List<string> Said { get; } = [];

    public static async Task<ElsewhereServer> StartAsync(
        string settings, string[] configuration, UnusableLibrary? library = UnusableLibrary.Missing, Action<TempDirectory>? prepare = null)
    {
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        prepare?.Invoke(directory);
        var server = new ElsewhereServer(ElsewhereProgram.Start(
            library?.In(directory), directory, ["serve", .. settings.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--", .. configuration]));
        await server._program.ExplainAsync(server.ReadAsync);
        return server;
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private async Task ReadAsync()
    {
        var reader = new StreamReader(_program.Output);
        while (await reader.ReadLineAsync().WithDeadline() is { } line && line != "Started")
        {
            if (line.StartsWith("Listening on ", StringComparison.Ordinal))
            {
                Ports.Add(new Uri(line["Listening on ".Length..]).Port);
            }
            else
            {
                Said.Add(line);
            }
        }

        if (Ports.Count == 0 && !Said.Exists(static line => line.StartsWith("Failed: ", StringComparison.Ordinal)))
        {
            await _program.ExitCodeAsync();
            throw new InvalidOperationException("It neither serves nor says why.");
        }
    }
}
