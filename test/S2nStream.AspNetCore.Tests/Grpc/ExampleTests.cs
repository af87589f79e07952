namespace S2nTls.AspNetCore.Tests.Grpc;

/// <summary>The Grpc example, run as a user would.</summary>
public class ExampleTests
{
    [Fact]
    public async Task It_makes_a_call_of_each_kind_and_says_what_was_negotiated()
    {
        (int code, string output, string errors) = await EndAsync(Start("--policy", "default_pq"));
        Assert.True(code == 0, errors);
        Assert.Equal(
            """
            Connected: Tls13, TLS_AES_128_GCM_SHA256, X25519MLKEM768, ALPN h2, server certificate CN=localhost
            Unary: the server says HTTP/2, Tls13, TLS_AES_128_GCM_SHA256, X25519MLKEM768, new session
            Server streaming: the count is 1 2 3 4 5
            Client streaming: the sum is 12
            Bidirectional: the sums are 3 7 12

            """,
            output);
    }

    [Fact]
    public async Task Server_and_client_run_as_two_programs_and_a_client_that_does_not_trust_says_why_in_a_line()
    {
        var directory = new TempDirectory();
        string ca = Path.Combine(directory.Path, "ca.pem");
        await using PeerProgram server = Start(directory, "--server", "--write-ca", ca);
        await server.ExplainAsync(async () =>
        {
            string? line = await new StreamReader(server.Output).ReadLineAsync().WithDeadline();
            Assert.Matches("^Listening on https://localhost:[0-9]+/\\.$", line);
            string url = line!["Listening on ".Length..^1];

            (int code, string output, string errors) = await EndAsync(Start("--client", url, "--ca", ca));
            Assert.True(code == 0, errors);
            Assert.Contains("Bidirectional: the sums are 3 7 12", output, StringComparison.Ordinal);

            (code, _, errors) = await EndAsync(Start("--client", url));
            Assert.Equal(1, code);
            Assert.Contains("S2N_ERR_CERT_UNTRUSTED", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("--server", "--client", "https://localhost:1/")]
    [InlineData("--client", "http://localhost:1/")]
    [InlineData("--write-ca", "ca.pem")]
    public async Task A_wrong_command_line_is_one_line(params string[] arguments)
    {
        (int code, _, string errors) = await EndAsync(Start(arguments));
        Assert.Equal(2, code);
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static PeerProgram Start(params string[] arguments) => Start(new TempDirectory(), arguments);

    private static PeerProgram Start(TempDirectory directory, params string[] arguments) =>
        PeerProgram.Start("dotnet", [Tests.ExampleTests.Metadata("GrpcOutput"), .. arguments], directory);

    private static async Task<(int Code, string Output, string Errors)> EndAsync(PeerProgram started)
    {
        await using PeerProgram program = started;
        program.Input.Close();
        string output = await new StreamReader(program.Output).ReadToEndAsync().WithDeadline();
        return (await program.ExitCodeAsync(), output, program.Errors);
    }
}
