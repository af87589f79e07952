using System.Globalization;
using System.Net.Sockets;
using System.Text;
using S2nTls.Tests.Behaviours;

namespace S2nTls.Tests.Examples;

/// <summary>The StartTls example, running on a free port, over either type of stream.</summary>
internal sealed class MailServerProgram : IAsyncDisposable
{
    private readonly PeerProgram _program;
    private readonly StreamReader _output;

    private MailServerProgram(PeerProgram program, string caFile)
    {
        _program = program;
        _output = new StreamReader(program.Output);
        CaFile = caFile;
    }

    public string CaFile { get; }

    public int Port { get; private set; }

    public static async Task<MailServerProgram> StartAsync(Kind kind, params string[] arguments)
    {
        var directory = new TempDirectory();
        string caFile = directory.PathOf("ca.pem");
        var server = new MailServerProgram(ExampleProgram.StartOver(kind, "StartTls", directory, ["--port", "0", "--write-ca", caFile, .. arguments]), caFile);
        try
        {
            string line = await server.ReadLineAsync();
            Assert.StartsWith("Listening on 127.0.0.1:", line, StringComparison.Ordinal);
            server.Port = int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The next line that the server prints.</summary>
    public async Task<string> ReadLineAsync() => await _output.ReadLineAsync().WithDeadline() ?? $"(the server has ended: {_program.Errors})";

    /// <summary>Sends text as it is, without TLS, and returns all that the server says until it closes.</summary>
    public async Task<string> SayInTheClearAsync(string text)
    {
        using var tcp = new TcpClient("127.0.0.1", Port);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
        using var reader = new StreamReader(tcp.GetStream(), Encoding.ASCII);
        return await reader.ReadToEndAsync().WithDeadline();
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
