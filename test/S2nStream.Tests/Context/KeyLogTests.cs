using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using S2nTls.Tests.ClientHello;

namespace S2nTls.Tests.Context;

/// <summary>Alone: the variable is the whole process's.</summary>
[Collection(nameof(Alone))]
public sealed class KeyLogTests : IDisposable
{
    private const string Variable = "SSLKEYLOGFILE";

    private readonly TempDirectory _directory = new();
    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);

    public KeyLogTests() => Environment.SetEnvironmentVariable(Variable, KeyLog);

    private string KeyLog => _directory.PathOf("keys.log");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, _before);
        _directory.Dispose();
    }

    [Fact]
    public async Task Without_the_programs_permission_no_secret_is_written()
    {
        using S2nContext client = TestContexts.MakeClient();
        using S2nContext server = TestContexts.MakeServer();
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.False(File.Exists(KeyLog));
    }

    [Fact]
    public async Task Permission_alone_writes_nothing_either()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        using S2nContext client = TestContexts.MakeClient(options => options.AllowKeyLogFile = true);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client);
        Assert.False(File.Exists(KeyLog));
    }

    [Fact]
    public async Task The_file_is_its_owners_alone()
    {
        using S2nContext client = TestContexts.MakeClient(options => options.AllowKeyLogFile = true);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyLog));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, "CLIENT_RANDOM")]
    [InlineData(SslProtocols.Tls13, "SERVER_HANDSHAKE_TRAFFIC_SECRET")]
    public async Task A_context_that_is_selected_after_the_hello_writes_all_secrets_too(SslProtocols protocol, string first)
    {
        using S2nContext context = TestContexts.MakeServer(options => options.AllowKeyLogFile = true);
        (S2nStream client, S2nStream server) = await Selecting.ConnectAsync(TestContexts.ClientFor(protocol), context);
        await client.DisposeAsync();
        await server.DisposeAsync();
        Assert.Contains(first, await File.ReadAllTextAsync(KeyLog), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_refused_when_the_context_is_made()
    {
        Environment.SetEnvironmentVariable(Variable, _directory.PathOf("missing/keys.log"));
        Assert.Throws<DirectoryNotFoundException>(() => TestContexts.MakeClient(options => options.AllowKeyLogFile = true));
    }

    [Fact]
    public async Task Disposal_does_not_wait_for_a_log_that_takes_no_line()
    {
        using (Process make = Process.Start("mkfifo", [KeyLog]))
        {
            await make.WaitForExitAsync().WithDeadline();
        }

        Task<FileStream> opening = Task.Run(() => new FileStream(KeyLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0));
        using S2nContext context = TestContexts.MakeClient(options => options.AllowKeyLogFile = true);
        await using FileStream reader = await opening.WithDeadline();
        byte[] full = new byte[64 * 1024]; // what a pipe holds
        for (int wait = 50; ; wait *= 2)
        {
            await using (var filler = new FileStream(KeyLog, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
            {
                filler.Write(full);
            }

            (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
            await using var client = new S2nStream(clientEnd);
            await using var server = new S2nStream(serverEnd);
            Task accept = server.AuthenticateAsServerAsync(TestContexts.Server);
            Task connect = Task.Factory.StartNew(
                () => client.AuthenticateAsClientAsync(context, "localhost"), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            await Task.Delay(wait);
            await Deadline.Run(() => client.DisposeAsync().AsTask().GetAwaiter().GetResult());
            await Assert.ThrowsAnyAsync<Exception>(() => accept.WithDeadline());
            bool hasWaited = !connect.IsCompleted; // otherwise the handshake had not come so far
            await Task.Run(() => reader.ReadExactly(full)).WithDeadline();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => connect.WithDeadline());
            if (hasWaited)
            {
                return;
            }
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls13, true)]
    [InlineData(SslProtocols.Tls13, false)]
    [Needs("tshark")]
    public async Task With_it_tshark_reads_a_captured_connection(SslProtocols protocol, bool isServers)
    {
        using S2nContext client = TestContexts.MakeClient(options => Log(options, !isServers));
        using S2nContext server = TestContexts.MakeServer(options => Log(options, isServers));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        string capture = _directory.PathOf("capture.pcapng");
        await using (PeerProgram tshark = PeerProgram.Start("tshark", ["-i", "lo", "-f", $"port {port}", "-w", capture, "-q"], new TempDirectory()))
        {
            await tshark.ExplainAsync(async () =>
            {
                await UntilCapturedAsync(capture, port, "the capture has begun");
                await TalkAsync(listener, port, client, server);
                await UntilCapturedAsync(capture, port, "all before this is captured");
                await tshark.InterruptAsync();
                await tshark.ExpectSuccessAsync();
            });
        }

        await using PeerProgram reader = PeerProgram.Start(
            "tshark",
            ["-r", capture, "-o", $"tls.keylog_file:{KeyLog}", "-d", $"tcp.port=={port},tls", "-q", "-z", "follow,tls,ascii,0"],
            new TempDirectory());
        string text = await new StreamReader(reader.Output, Encoding.ASCII).ReadToEndAsync().WithDeadline();
        Assert.Contains("a question in the dark", text, StringComparison.Ordinal);
        Assert.Contains("an answer after new keys", text, StringComparison.Ordinal);

        void Log(S2nContextOptions options, bool logs)
        {
            options.AllowKeyLogFile = logs;
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : options.SecurityPolicy;
        }
    }

    /// <summary>Sends a datagram to the port until it is in the capture: tshark itself says that it captures before it does.</summary>
    private static async Task UntilCapturedAsync(string capture, int port, string mark)
    {
        using var socket = new UdpClient();
        byte[] datagram = Encoding.ASCII.GetBytes(mark);
        for (long start = Environment.TickCount64; !IsCaptured(); await Task.Delay(20))
        {
            Assert.InRange(Environment.TickCount64 - start, 0, (long)Deadline.Default.TotalMilliseconds);
            await socket.SendAsync(datagram, new IPEndPoint(IPAddress.Loopback, port));
        }

        bool IsCaptured()
        {
            if (!File.Exists(capture))
            {
                return false;
            }

            using var file = new FileStream(capture, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            return copy.ToArray().AsSpan().IndexOf(datagram) >= 0;
        }
    }

    private static async Task TalkAsync(TcpListener listener, int port, S2nContext clientContext, S2nContext serverContext)
    {
        using var tcpClient = new TcpClient();
        Task<TcpClient> accepted = listener.AcceptTcpClientAsync();
        await tcpClient.ConnectAsync(IPAddress.Loopback, port);
        using TcpClient tcpServer = await accepted.WithDeadline();
        await using var client = new S2nStream(tcpClient.GetStream());
        await using var server = new S2nStream(tcpServer.GetStream());
        await Task.WhenAll(client.AuthenticateAsClientAsync(clientContext, "localhost"), server.AuthenticateAsServerAsync(serverContext)).WithDeadline();
        await client.WriteAsync("a question in the dark"u8.ToArray());
        await server.ReadAtLeastAsync(new byte[100], 22).AsTask().WithDeadline();
        if (server.SslProtocol == SslProtocols.Tls13)
        {
            await server.RequestKeyUpdateAsync();
        }

        await server.WriteAsync("an answer after new keys"u8.ToArray());
        await client.ReadAtLeastAsync(new byte[100], 24).AsTask().WithDeadline();
    }
}
