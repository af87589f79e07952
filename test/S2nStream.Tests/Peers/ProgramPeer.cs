using System.Net;
using System.Net.Sockets;

namespace S2nTls.Tests.Peers;

/// <summary>A program at the other end of a TCP connection over loopback.</summary>
internal sealed class ProgramPeer : ForeignPeer
{
    private ProgramPeer(S2nStream stream, PeerProgram program)
        : base(stream) => Program = program;

    public PeerProgram Program { get; }

    public override Stream Input => Program.Input;

    public override Stream Output => Program.Output;

    /// <summary>Starts a program that connects to the port it is given, and is this side's client.</summary>
    public static Task<ProgramPeer> ClientAsync(S2nContext server, Func<int, PeerProgram> start) =>
        ClientAsync(stream => stream.AuthenticateAsServerAsync(server), start);

    /// <inheritdoc cref="ClientAsync(S2nContext, Func{int, PeerProgram})"/>
    public static async Task<ProgramPeer> ClientAsync(Func<S2nStream, Task> authenticate, Func<int, PeerProgram> start)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        PeerProgram program = start(((IPEndPoint)listener.LocalEndpoint).Port);
        return await JoinAsync(
            program,
            () => program.UnlessItExitsAsync(listener.AcceptSocketAsync()),
            authenticate);
    }

    /// <summary>Connects to a program that was told to listen on port 0, as its client.</summary>
    public static Task<ProgramPeer> ServerAsync(S2nContext client, PeerProgram program) =>
        ServerAsync(stream => stream.AuthenticateAsClientAsync(client, "localhost"), program);

    /// <inheritdoc cref="ServerAsync(S2nContext, PeerProgram)"/>
    public static Task<ProgramPeer> ServerAsync(Func<S2nStream, Task> authenticate, PeerProgram program) =>
        JoinAsync(
            program,
            async () =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, await ListeningPort.OfAsync(program)).WithDeadline();
                return socket;
            },
            authenticate);

    /// <summary>Ends both sides, this one first: then s_server is done.</summary>
    public async Task EndBothAsync()
    {
        await Stream.ShutdownWriteAsync();
        await ExpectEndAsync();
        await Stream.DisposeAsync();
    }

    /// <summary>All that the program still has to say on its standard output.</summary>
    public Task<string> ReadReportAsync() => new StreamReader(Output).ReadToEndAsync().WithDeadline();

    public override async Task EndInputAsync() => await Program.Input.DisposeAsync();

    public override async Task ExpectSuccessAsync()
    {
        await Program.ExpectSuccessAsync();
        Assert.DoesNotContain(":error:", Program.Errors, StringComparison.Ordinal); // s_server's exit code does not tell
    }

    public override Task ExplainAsync(Func<Task> conversation) => Program.ExplainAsync(conversation);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Program.DisposeAsync();
    }

    private static async Task<ProgramPeer> JoinAsync(PeerProgram program, Func<Task<Socket>> connect, Func<S2nStream, Task> authenticate)
    {
        S2nStream? stream = null;
        try
        {
            await program.ExplainAsync(async () =>
            {
                stream = new S2nStream(new NetworkStream(await connect(), ownsSocket: true));
                await authenticate(stream).WithDeadline();
            });
            return new ProgramPeer(stream!, program);
        }
        catch
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            await program.DisposeAsync();
            throw;
        }
    }
}
