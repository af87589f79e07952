using System.Net;
using System.Net.Sockets;
using System.Text;

namespace S2nTls.Http.Tests.Examples;

/// <summary>The example between its clients, which speak TLS, and servers, which do not.</summary>
public class ProxyTests
{
    [Fact]
    public async Task The_end_of_each_direction_goes_through_by_itself()
    {
        // Each end waits for the other's: what is said after it would be lost if a half-close were a close.
        await using var server = new TcpService(async client =>
        {
            string question = await new StreamReader(client, leaveOpen: true).ReadToEndAsync();
            await client.WriteAsync(Encoding.ASCII.GetBytes($"{question.Length} bytes, and then the end"));
        });
        await using PeerProgram proxy = Start(server.Port);
        await proxy.ExplainAsync(async () =>
        {
            await using S2nStream tls = await ConnectAsync(await ListeningPort.OfAsync(proxy));
            await tls.WriteAsync(new byte[100_000]);
            await tls.ShutdownWriteAsync().WithDeadline();
            Assert.Equal("100000 bytes, and then the end", await new StreamReader(tls).ReadToEndAsync().WithDeadline());
        });
    }

    [Fact]
    public async Task A_server_that_ends_first_still_hears_the_client()
    {
        var heard = new TaskCompletionSource<string>();
        await using var server = new TcpService(async client =>
        {
            await client.WriteAsync("go on"u8.ToArray());
            client.Socket.Shutdown(SocketShutdown.Send);
            heard.SetResult(await new StreamReader(client, leaveOpen: true).ReadToEndAsync());
        });
        await using PeerProgram proxy = Start(server.Port);
        await proxy.ExplainAsync(async () =>
        {
            await using S2nStream tls = await ConnectAsync(await ListeningPort.OfAsync(proxy));
            byte[] buffer = new byte[100];
            int count = await tls.ReadAtLeastAsync(buffer, 6, throwOnEndOfStream: false).WithDeadline();
            Assert.Equal("go on", Encoding.ASCII.GetString(buffer, 0, count));
            await tls.WriteAsync("I do"u8.ToArray());
            await tls.ShutdownWriteAsync().WithDeadline();
            Assert.Equal("I do", await heard.Task.WithDeadline());
        });
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    [Needs("openssl")]
    public async Task Openssl_sends_and_receives_megabytes_through_it(string protocol)
    {
        var data = new RandomData(10_000_000, asLines: true);
        await using var server = new TcpService(client => client.CopyToAsync(client)); // an echo, which ends when it has heard all
        await using PeerProgram proxy = Start(server.Port);
        await proxy.ExplainAsync(async () =>
        {
            var directory = new TempDirectory();
            PemFiles.Write(directory, TestAuthority.Localhost);
            await using PeerProgram openssl = PeerProgram.Start(
                "openssl",
                ["s_client", "-connect", $"127.0.0.1:{await ListeningPort.OfAsync(proxy)}", "-CAfile", PemFiles.Root, "-verify_return_error", "-quiet", "-nocommands", protocol],
                directory);
            await openssl.ExplainAsync(async () =>
            {
                Task<Digest> sent = data.WriteToAsync(openssl.Input);
                Digest received = await Digest.ReadAsync(openssl.Output, data.Length).WithDeadline();
                Assert.True(received == await sent, $"{data}");
            });
        });
    }

    [Fact]
    public async Task A_server_that_is_not_there_ends_the_client_and_the_proxy_goes_on()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // taken, and not listened on
        await using PeerProgram proxy = Start(((IPEndPoint)socket.LocalEndPoint!).Port);
        await proxy.ExplainAsync(async () =>
        {
            for (int i = 0; i < 2; i++)
            {
                await using S2nStream tls = await ConnectAsync(await ListeningPort.OfAsync(proxy));
                Assert.Equal(0, await tls.ReadAsync(new byte[1]).WithDeadline());
            }
        });
    }

    private static PeerProgram Start(int server)
    {
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        return ExampleProgram.Start("Proxy", directory, "--to", $"127.0.0.1:{server}", "--port", "0", "--certificate", PemFiles.Certificate, "--key", PemFiles.Key);
    }

    private static async Task<S2nStream> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        var tls = new S2nStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(TestContexts.Client, "localhost").WithDeadline();
        return tls;
    }
}
