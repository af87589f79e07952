using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace S2nTls.Tests.Examples;

public class EchoServerTests
{
    [Fact]
    public async Task The_client_example_gets_its_bytes_back_unchanged()
    {
        await using EchoServerProgram server = await EchoServerProgram.StartAsync();
        await EchoAsync(server, 1024 * 1024);
    }

    [Fact]
    public async Task Clients_are_served_at_the_same_time()
    {
        await using EchoServerProgram server = await EchoServerProgram.StartAsync();
        await using PeerProgram idle = server.StartClient();
        await idle.ExplainAsync(async () =>
        {
            await EchoLineAsync(idle, "first");
            await Task.WhenAll(EchoAsync(server, 10_000), EchoAsync(server, 20_000));
            await EchoLineAsync(idle, "still here");
        });
    }

    [Fact]
    public async Task It_prints_what_was_negotiated_and_who_the_client_is()
    {
        using var files = new TempDirectory();
        PemFiles.Write(files, TestAuthority.Default.Issue(subject: "CN=alice", forClients: true));
        await using EchoServerProgram server = await EchoServerProgram.StartWithFilesAsync(
            "--client-ca", PemFiles.Root, "--require-client-certificate", "--policy", "default_pq", "--alpn", "echo/2,echo/1");
        await using PeerProgram client = server.StartClient(
            "--certificate", files.PathOf(PemFiles.Certificate), "--key", files.PathOf(PemFiles.Key), "--policy", "default_pq", "--alpn", "echo/1");
        await client.ExplainAsync(async () =>
        {
            await EchoLineAsync(client, "hello");
            client.Input.Close();
            await client.ExpectSuccessAsync();
            const string Agreed = "Tls13, TLS_AES_128_GCM_SHA256, X25519MLKEM768, ALPN echo/1, ";
            Assert.Matches($"^127.0.0.1:[0-9]+: {Agreed}client certificate CN=alice$", await server.ReadLineAsync());
            Assert.Equal($"Connected to localhost:{server.Port}: {Agreed}server certificate CN=leaf\n", client.Errors);
        });
    }

    [Fact]
    public async Task A_client_without_the_required_certificate_is_refused()
    {
        await using EchoServerProgram server = await EchoServerProgram.StartWithFilesAsync("--client-ca", PemFiles.Root, "--require-client-certificate");

        // It hears of the refusal only after the blinding delay: nobody waits for that here.
        await using PeerProgram client = server.StartClient();
        Assert.Matches("^127.0.0.1:[0-9]+: handshake failed: .*S2N_ERR_MISSING_CLIENT_CERT", await server.ReadLineAsync());
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_sent_away()
    {
        await using EchoServerProgram server = await EchoServerProgram.StartAsync("--handshake-timeout", "1");
        using var silent = new TcpClient("127.0.0.1", PortOf(server));
        Assert.Matches("^127.0.0.1:[0-9]+: handshake failed: not complete after 1 s", await server.ReadLineAsync());
        Assert.Equal(0, await silent.GetStream().ReadAsync(new byte[1]).WithDeadline());
    }

    [Fact]
    [Needs("openssl")]
    public async Task Openssl_can_be_its_peer()
    {
        await using EchoServerProgram server = await EchoServerProgram.StartAsync();
        await using PeerProgram client = PeerProgram.Start(
            "openssl",
            ["s_client", "-connect", $"127.0.0.1:{server.Port}", "-CAfile", server.CaFile, "-verify_return_error", "-verify_hostname", "localhost", "-quiet", "-no_ign_eof", "-nocommands"],
            new TempDirectory());
        await client.ExplainAsync(() => EchoLineAsync(client, "hello openssl"));
    }

    [Fact]
    [Needs("curl")]
    public async Task Curl_can_be_its_peer()
    {
        await using EchoServerProgram server = await EchoServerProgram.StartAsync();
        await using PeerProgram client = PeerProgram.Start(
            "curl",
            ["-sS", "--max-time", "20", "--cacert", server.CaFile, "-X", "HTTP/1.1 200", "-d", "hello", $"https://localhost:{server.Port}/"],
            new TempDirectory());
        await client.ExplainAsync(async () =>
        {
            // An echo answers HTTP if the request is also a response.
            Assert.Equal("hello", await new StreamReader(client.Output).ReadToEndAsync().WithDeadline());
            await client.ExpectSuccessAsync();
        });
    }

    [Fact]
    public async Task A_refused_client_is_one_line_and_the_next_one_is_served()
    {
        await using EchoServerProgram server = await EchoServerProgram.StartAsync();
        using (var plain = new TcpClient("127.0.0.1", PortOf(server)))
        {
            await plain.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            Assert.Matches("^127.0.0.1:[0-9]+: handshake failed: .*plain HTTP", await server.ReadLineAsync());
        }

        await EchoAsync(server, 1);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_stops_it_and_its_clients_see_a_clean_end(string signal)
    {
        await using EchoServerProgram server = await EchoServerProgram.StartAsync();
        await using PeerProgram client = server.StartClient();
        await client.ExplainAsync(async () =>
        {
            await EchoLineAsync(client, "hello");
            await PeerProgram.SignalAsync(server.Id, signal);
            Assert.Equal(0, await server.ExitCodeAsync());
            client.Input.Close();
            await client.ExpectSuccessAsync();
        });
    }

    private static int PortOf(EchoServerProgram server) => int.Parse(server.Port, CultureInfo.InvariantCulture);

    private static async Task EchoLineAsync(PeerProgram client, string line)
    {
        await client.Input.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
        await client.Input.FlushAsync();
        byte[] answer = new byte[line.Length + 1];
        await client.Output.ReadExactlyAsync(answer).WithDeadline();
        Assert.Equal(line + "\n", Encoding.UTF8.GetString(answer));
    }

    private static async Task EchoAsync(EchoServerProgram server, int length)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(length);
        await using PeerProgram client = server.StartClient();
        await client.ExplainAsync(async () =>
        {
            Task send = Task.Run(async () =>
            {
                await client.Input.WriteAsync(sent);
                client.Input.Close();
            });
            using var received = new MemoryStream();
            await client.Output.CopyToAsync(received).WithDeadline();
            await send.WithDeadline();
            await client.ExpectSuccessAsync();
            Assert.True(sent.AsSpan().SequenceEqual(received.ToArray()), "what came back is not what was sent");
        });
    }
}
