namespace S2nTls.Tests.Examples;

/// <summary>The EchoServer example, running on a free port.</summary>
internal sealed class EchoServerProgram : IAsyncDisposable
{
    private readonly PeerProgram _program;
    private readonly StreamReader _output;

    private EchoServerProgram(PeerProgram program, string caFile)
    {
        _program = program;
        _output = new StreamReader(program.Output);
        CaFile = caFile;
    }

    public string CaFile { get; }

    public int Id => _program.Id;

    public string Port { get; private set; } = "";

    /// <summary>Starts one with a certificate made on the spot.</summary>
    public static Task<EchoServerProgram> StartAsync(params string[] arguments) =>
        StartAsync(new TempDirectory(), "ca.pem", ["--write-ca", "ca.pem", .. arguments]);

    /// <summary>Starts one with a certificate of <see cref="TestAuthority.Default"/>, in a directory with what <see cref="PemFiles"/> writes.</summary>
    public static Task<EchoServerProgram> StartWithFilesAsync(params string[] arguments)
    {
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        return StartAsync(directory, PemFiles.Root, ["--certificate", PemFiles.Certificate, "--key", PemFiles.Key, .. arguments]);
    }

    /// <summary>Starts the Client example with this server for its peer.</summary>
    public PeerProgram StartClient(params string[] arguments) =>
        ExampleProgram.Start("Client", new TempDirectory(), ["--port", Port, "--ca", CaFile, .. arguments]);

    /// <summary>The next line that the server prints.</summary>
    public async Task<string> ReadLineAsync() => await _output.ReadLineAsync().WithDeadline() ?? $"(the server has ended: {_program.Errors})";

    public Task<int> ExitCodeAsync() => _program.ExitCodeAsync();

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private static async Task<EchoServerProgram> StartAsync(TempDirectory directory, string caFile, string[] arguments)
    {
        var server = new EchoServerProgram(ExampleProgram.Start("EchoServer", directory, ["--port", "0", .. arguments]), directory.PathOf(caFile));
        try
        {
            string line = await server.ReadLineAsync();
            Assert.StartsWith("Listening on 127.0.0.1:", line, StringComparison.Ordinal);
            server.Port = line[(line.LastIndexOf(':') + 1)..];
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
