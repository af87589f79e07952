using System.Diagnostics;
using System.Security.Cryptography;

namespace S2nTls.Tests.Examples;

public class EchoServerTests
{
    [Fact]
    public async Task The_client_example_gets_its_bytes_back_unchanged()
    {
        await using Server server = await Server.StartAsync();
        byte[] sent = RandomNumberGenerator.GetBytes(1024 * 1024);
        await using PeerProgram client = ExampleProgram.Start("Client", new TempDirectory(), "--port", server.Port, "--ca", server.CaFile);
        await client.ExplainAsync(async () =>
        {
            Task send = Task.Run(async () =>
            {
                await client.Input.WriteAsync(sent);
                client.Input.Close();
            });
            using var received = new MemoryStream();
            await client.Output.CopyToAsync(received);
            await send;
            await client.ExpectSuccessAsync();
            Assert.True(sent.AsSpan().SequenceEqual(received.ToArray()));
            Assert.Contains("Tls13", client.Errors, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Openssl_can_be_its_peer()
    {
        await using Server server = await Server.StartAsync();
        await using PeerProgram client = PeerProgram.Start(
            "openssl",
            ["s_client", "-connect", $"127.0.0.1:{server.Port}", "-CAfile", server.CaFile, "-verify_return_error", "-verify_hostname", "localhost", "-quiet", "-no_ign_eof", "-nocommands"],
            new TempDirectory());
        await client.ExplainAsync(async () =>
        {
            await client.Input.WriteAsync("hello openssl\n"u8.ToArray());
            await client.Input.FlushAsync();
            Assert.Equal("hello openssl", await new StreamReader(client.Output).ReadLineAsync());
        });
    }

    [Fact]
    public async Task Curl_can_be_its_peer()
    {
        await using Server server = await Server.StartAsync();
        string address = $"https://localhost:{server.Port}/";
        await using PeerProgram client = PeerProgram.Start(
            "curl", ["-sS", "--max-time", "20", "--cacert", server.CaFile, "-X", "HTTP/1.1 200", "-d", "hello", address], new TempDirectory());
        await client.ExplainAsync(async () =>
        {
            // An echo answers HTTP if the request is also a response.
            await client.ExpectSuccessAsync();
            Assert.EndsWith("hello", await new StreamReader(client.Output).ReadToEndAsync(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_refused_client_is_one_line_and_the_next_one_is_served()
    {
        await using Server server = await Server.StartAsync();
        using (var plain = new System.Net.Sockets.TcpClient("127.0.0.1", int.Parse(server.Port, System.Globalization.CultureInfo.InvariantCulture)))
        {
            await plain.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            string? line = await server.Output.ReadLineAsync().WithDeadline();
            Assert.Contains("handshake failed", line, StringComparison.Ordinal);
            Assert.Contains("plain HTTP", line, StringComparison.Ordinal);
        }

        await using PeerProgram client = ExampleProgram.Start("Client", new TempDirectory(), "--port", server.Port, "--ca", server.CaFile);
        client.Input.Close();
        await client.ExpectSuccessAsync();
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_stops_it_in_good_order(string signal)
    {
        await using Server server = await Server.StartAsync();
        using Process kill = Process.Start("kill", [$"-{signal}", server.Id]);
        await kill.WaitForExitAsync().WithDeadline();
        Assert.Equal(0, await server.ExitCodeAsync());
    }

    /// <summary>The example with a certificate made on the spot, on a free port.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly PeerProgram _program;

        private Server(PeerProgram program, TempDirectory directory)
        {
            _program = program;
            CaFile = directory.PathOf("ca.pem");
            Output = new StreamReader(program.Output);
        }

        public string CaFile { get; }

        public StreamReader Output { get; }

        public string Id => _program.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

        public string Port { get; private set; } = "";

        public static async Task<Server> StartAsync()
        {
            var directory = new TempDirectory();
            var server = new Server(ExampleProgram.Start("EchoServer", directory, "--port", "0", "--write-ca", directory.PathOf("ca.pem")), directory);
            string line = await server.Output.ReadLineAsync().WithDeadline() ?? "(it has ended)";
            Assert.StartsWith("Listening on 127.0.0.1:", line, StringComparison.Ordinal);
            server.Port = line[(line.LastIndexOf(':') + 1)..];
            return server;
        }

        public Task<int> ExitCodeAsync() => _program.ExitCodeAsync();

        public ValueTask DisposeAsync() => _program.DisposeAsync();
    }
}
