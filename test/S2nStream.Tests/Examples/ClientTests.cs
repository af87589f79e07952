namespace S2nTls.Tests.Examples;

[Needs("openssl")]
public class ClientTests
{
    [Fact]
    public async Task Openssl_can_be_its_peer()
    {
        // -rev: s_server sends each line back with its letters in reverse.
        await using PeerProgram server = StartOpenssl("-rev");
        await server.ExplainAsync(async () =>
            Assert.Equal((0, "olleh\n"), await AskAsync(server, "hello\n")));
    }

    [Fact]
    public async Task Nothing_is_lost_on_tls_1_2_which_has_no_half_close()
    {
        // -www: s_server answers HTTP, and ends the connection.
        await using PeerProgram server = StartOpenssl("-www", "-tls1_2");
        await server.ExplainAsync(async () =>
        {
            (int code, string output) = await AskAsync(server, "GET / HTTP/1.0\r\n\r\n");
            Assert.Equal(0, code);
            Assert.Contains("TLSv1.2", output, StringComparison.Ordinal);
            Assert.EndsWith("</html>\r\n\r\n", output, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task What_a_server_says_when_it_refuses_is_the_one_line() =>
        Assert.Contains(
            "CertificateRequired",
            await FailAsync(["-rev", "-Verify", "1"], "--ca", PemFiles.Root),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_server_that_is_not_trusted_is_one_line() =>
        Assert.Contains("S2N_ERR_CERT_UNTRUSTED", await FailAsync(["-rev"], "--ca", "other.pem"), StringComparison.Ordinal);

    [Fact]
    public async Task A_server_of_another_name_is_one_line() =>
        Assert.Contains(
            "S2N_ERR_CERT_INVALID_HOSTNAME",
            await FailAsync(["-rev"], "--ca", PemFiles.Root, "--server-name", "example.com"),
            StringComparison.Ordinal);

    private static PeerProgram StartOpenssl(params string[] arguments)
    {
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        return PeerProgram.Start(
            "openssl",
            ["s_server", "-accept", "127.0.0.1:0", "-cert", PemFiles.Certificate, "-key", PemFiles.Key, .. arguments],
            directory);
    }

    private static async Task<PeerProgram> StartClientAsync(PeerProgram server, params string[] arguments)
    {
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        await File.WriteAllTextAsync(directory.PathOf("other.pem"), new TestAuthority("another").RootPem);
        int port = await ListeningPort.OfAsync(server);
        return ExampleProgram.Start("Client", directory, ["--host", "127.0.0.1", "--port", $"{port}", .. arguments]);
    }

    private static async Task<(int ExitCode, string Output)> AskAsync(PeerProgram server, string question)
    {
        await using PeerProgram client = await StartClientAsync(server, "--ca", PemFiles.Root, "--server-name", "localhost");
        await client.Input.WriteAsync(System.Text.Encoding.ASCII.GetBytes(question));
        client.Input.Close();
        string answer = await new StreamReader(client.Output).ReadToEndAsync().WithDeadline();
        return (await client.ExitCodeAsync(), answer);
    }

    /// <summary>Runs a client that fails, and returns what it says of the failure.</summary>
    private static async Task<string> FailAsync(string[] serverArguments, params string[] clientArguments)
    {
        await using PeerProgram server = StartOpenssl(serverArguments);
        await using PeerProgram client = await StartClientAsync(server, clientArguments);
        client.Input.Close();
        Assert.Equal(1, await client.ExitCodeAsync());
        return Assert.Single(client.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.StartsWith("Connected to ", StringComparison.Ordinal));
    }
}
