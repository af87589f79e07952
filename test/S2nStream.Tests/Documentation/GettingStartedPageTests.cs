using System.Text.RegularExpressions;
using S2nTls.Tests.Examples;

namespace S2nTls.Tests.Documentation;

/// <summary>
/// The programs of docs/getting-started.md print what the page says. That they are what the page shows is <see cref="SnippetTests"/>' affair.
/// </summary>
public partial class GettingStartedPageTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "getting-started.md"));

    [Fact]
    public async Task The_conversation_is_the_one_on_the_page()
    {
        (int code, string output, string errors) = await ExampleProgram.RunAsync("FirstConversation");
        Assert.True(code == 0, errors);
        Assert.Equal(OutputOnPage("FirstConversation"), output);
    }

    [Fact]
    [Needs("curl")]
    public async Task The_web_server_answers_curl_and_the_request_as_on_the_page()
    {
        await using PeerProgram server = ExampleProgram.Start(
            "FirstWebServer", DirectoryWithPemFiles(), "--urls", "https://127.0.0.1:0",
            "--Kestrel:Certificates:Default:Path", PemFiles.Certificate, "--Kestrel:Certificates:Default:KeyPath", PemFiles.Key);
        await server.ExplainAsync(async () =>
        {
            string url = $"https://localhost:{await PortOfAsync(server)}/";

            await using PeerProgram curl = PeerProgram.Start("curl", ["-sS", "--cacert", PemFiles.Root, url], DirectoryWithPemFiles());
            Assert.Equal(OutputOnPage("FirstWebServer"), await OutputOfAsync(curl));

            await using PeerProgram request = ExampleProgram.StartWith($"SSL_CERT_FILE={PemFiles.Root}", "FirstRequest", DirectoryWithPemFiles(), url);
            Assert.Equal(OutputOnPage("FirstRequest"), await OutputOfAsync(request));
        });
    }

    [Fact]
    public void Every_block_is_a_snippet_an_output_or_commands() => Assert.All(
        Block().Matches(s_page).Select(match => (Mark: match.Groups["mark"].Value, Language: match.Groups["language"].Value, Code: match.Groups["code"].Value)),
        block => Assert.True(
            block.Language == "csharp" ? block.Mark.StartsWith("<!-- snippet", StringComparison.Ordinal)
            : block.Mark.StartsWith("<!-- output", StringComparison.Ordinal) || block.Code.Split('\n').All(line => Command().IsMatch(line)),
            block.Code));

    private static string OutputOnPage(string program) =>
        Block().Matches(s_page).Single(match => match.Groups["mark"].Value == $"<!-- output {program} -->").Groups["code"].Value + '\n';

    /// <summary>A program's directory goes with it: each has its own.</summary>
    private static TempDirectory DirectoryWithPemFiles()
    {
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        return directory;
    }

    private static async Task<string> OutputOfAsync(PeerProgram program)
    {
        program.Input.Close();
        string output = await new StreamReader(program.Output).ReadToEndAsync().WithDeadline();
        await program.ExpectSuccessAsync();
        return output;
    }

    private static async Task<string> PortOfAsync(PeerProgram server)
    {
        var reader = new StreamReader(server.Output);
        while (await reader.ReadLineAsync().WithDeadline() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                return match.Groups[1].Value;
            }
        }

        throw new InvalidOperationException("The server ended before it listened.");
    }

    [GeneratedRegex(@"^(?<mark>[^\n]*)\n```(?<language>\w*)\n(?<code>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^(dotnet|cd|curl|SSL_CERT_FILE=\S+ dotnet) ")]
    private static partial Regex Command();

    [GeneratedRegex(@"listening on: https://127\.0\.0\.1:(\d+)")]
    private static partial Regex Listening();
}
