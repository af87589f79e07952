using System.Net;
using System.Net.Sockets;

namespace S2nTls.Http.Tests.Examples;

/// <summary>The example against Debian's redis-server, with TLS and client certificates.</summary>
[Needs("redis-server")]
public class RedisTests
{
    [Fact]
    public async Task It_sets_and_gets_through_tls_with_a_certificate_of_its_own()
    {
        await using PeerProgram server = await StartServerAsync();
        await server.ExplainAsync(async () =>
        {
            string port = $"{await ListeningPort.OfAsync(server)}";
            string[] arguments = ["--port", port, "--ca", PemFiles.Root, "--certificate", PemFiles.Certificate, "--key", PemFiles.Key, "--"];
            (int code, string output, string errors) = await ExampleProgram.RunAsync("Redis", [.. arguments, "SET", "greeting", "hello"]);
            Assert.True(code == 0, errors);
            Assert.Equal("OK\n", output);
            Assert.Contains("Interactive connection", errors, StringComparison.Ordinal);
            Assert.Contains("Tls13", errors, StringComparison.Ordinal);
            (code, output, errors) = await ExampleProgram.RunAsync("Redis", [.. arguments, "GET", "greeting"]);
            Assert.True(code == 0, errors);
            Assert.Equal("hello\n", output);
        });
    }

    [Fact]
    public async Task A_server_that_is_not_trusted_is_told_no_command()
    {
        await using PeerProgram server = await StartServerAsync(new TestAuthority("another"));
        await server.ExplainAsync(async () =>
        {
            (int code, string output, string errors) = await ExampleProgram.RunAsync("Redis", "--port", $"{await ListeningPort.OfAsync(server)}", "--ca", PemFiles.Root);
            Assert.Equal(1, code);
            Assert.Empty(output);
            Assert.Contains("S2N_ERR_CERT_UNTRUSTED", errors, StringComparison.Ordinal);
        });
    }

    /// <remarks>redis-server takes 0 for "no port", so a free one is looked for; where another process was faster, it ends, and the next is tried.</remarks>
    private static async Task<PeerProgram> StartServerAsync(TestAuthority? authority = null)
    {
        for (int attempt = 0; ; attempt++)
        {
            var directory = new TempDirectory();
            PemFiles.Write(directory, (authority ?? TestAuthority.Default).Issue());
            PeerProgram server = PeerProgram.Start(
                "redis-server",
                [
                    "--bind", "127.0.0.1", "--port", "0", "--tls-port", $"{FreePort()}", "--save", "", "--tls-cert-file", PemFiles.Certificate,
                    "--tls-key-file", PemFiles.Key, "--tls-ca-cert-file", PemFiles.Root, "--tls-auth-clients", authority is null ? "yes" : "no",
                ],
                directory);
            try
            {
                await ListeningPort.OfAsync(server);
                return server;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
                await server.DisposeAsync();
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
