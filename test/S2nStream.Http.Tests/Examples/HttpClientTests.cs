namespace S2nTls.Http.Tests.Examples;

public class HttpClientTests
{
    [Fact]
    public async Task It_prints_the_body_and_what_was_agreed_on_and_whether_a_session_was_resumed()
    {
        await using WebServer server = await WebServer.StartAsync();
        (int code, string output, string errors) = await ExampleProgram.RunAsync(
            "HttpClient", server.Url.ToString(), "--ca", PemFiles.Root, "--count", "2", "--new-connections", "--http", "1.1");
        Assert.True(code == 0, errors);
        Assert.Equal("GET over HTTP/1.1GET over HTTP/1.1", output);
        string[] connected = [.. errors.Split('\n').Where(line => line.StartsWith("Connected to localhost:", StringComparison.Ordinal))];
        Assert.Equal(2, connected.Length);
        Assert.Contains("Tls13", connected[0], StringComparison.Ordinal);
        Assert.EndsWith("new session", connected[0], StringComparison.Ordinal);
        Assert.EndsWith("CN=leaf, resumed", connected[1], StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 200 OK", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_speaks_http_2_through_a_proxy()
    {
        await using WebServer server = await WebServer.StartAsync();
        await using var proxy = new ConnectProxy();
        (int code, string output, string errors) = await ExampleProgram.RunAsync(
            "HttpClient", server.Url.ToString(), "--ca", PemFiles.Root, "--proxy", proxy.Url.ToString());
        Assert.True(code == 0, errors);
        Assert.Equal("GET over HTTP/2", output);
        Assert.Contains("ALPN h2", errors, StringComparison.Ordinal);
        Assert.Single(proxy.Requests);
    }

    /// <summary>The connection is s2n's. What carries it through the pool is SslStream's, and has been through a handshake in memory.</summary>
    [Theory]
    [InlineData("CipherString = DEFAULT@SECLEVEL=4")]
    [InlineData("CipherString = aRSA", "MaxProtocol = TLSv1.2")]
    [InlineData("Groups = P-384", "SignatureAlgorithms = ECDSA+SHA384")]
    [InlineData("Groups = P-521", "SignatureAlgorithms = RSA-PSS+SHA512:RSA+SHA512")]
    public async Task It_does_not_mind_what_the_systems_openssl_is_forbidden(params string[] settings)
    {
        await using WebServer server = await WebServer.StartAsync();
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        await File.WriteAllTextAsync(directory.PathOf("openssl.cnf"), $"openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n{string.Join('\n', settings)}\n");
        await using PeerProgram program = ExampleProgram.StartWithOpenSslConfiguration(
            "openssl.cnf", "HttpClient", directory, server.Url.ToString(), "--ca", PemFiles.Root);
        program.Input.Close();
        string output = await new StreamReader(program.Output).ReadToEndAsync().WithDeadline();
        int code = await program.ExitCodeAsync();
        Assert.True(code == 0, program.Errors);
        Assert.Equal("GET over HTTP/2", output);
    }

    [Fact]
    public async Task What_fails_is_one_line_that_says_why()
    {
        await using WebServer server = await WebServer.StartAsync(https => https.ServerCertificate = new TestAuthority("another").Issue());
        (int code, _, string errors) = await ExampleProgram.RunAsync("HttpClient", server.Url.ToString(), "--ca", PemFiles.Root);
        Assert.Equal(1, code);
        Assert.Contains("S2N_ERR_CERT_UNTRUSTED", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-url")]
    [InlineData("https://localhost", "--http", "3")]
    [InlineData("https://localhost", "--proxy", "gopher://localhost")]
    public async Task A_wrong_command_line_is_one_line(params string[] arguments)
    {
        (int code, _, string errors) = await ExampleProgram.RunAsync("HttpClient", arguments);
        Assert.Equal(2, code);
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
