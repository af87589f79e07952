using System.Reflection;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace S2nTls.AspNetCore.Tests;

/// <summary>The WebServer example, visited.</summary>
public class ExampleTests
{
    [Fact]
    [Needs("chromium")]
    public async Task Chromium_sees_that_a_post_quantum_group_was_agreed_on()
    {
        await using WebServerProgram server = await WebServerProgram.StartAsync("--policy", "default_pq");
        string screenshot = Path.Combine(Metadata("RepositoryRoot"), "artifacts", "screenshots", "WebServer.png");
        Directory.CreateDirectory(Path.GetDirectoryName(screenshot)!);
        File.Delete(screenshot);
        var profile = new TempDirectory();

        // It trusts the one key; nothing else is ignored. (A sandbox of its own needs rights that CI does not give.)
        await using PeerProgram chromium = PeerProgram.Start(
            "chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", $"--user-data-dir={profile.Path}", $"--ignore-certificate-errors-spki-list={server.KeyHash}",
                "--window-size=900,760", $"--screenshot={screenshot}", "--dump-dom", server.Address,
            ],
            profile);
        string page = "";
        await chromium.ExplainAsync(async () =>
        {
            using var reader = new StreamReader(chromium.Output);
            page = await reader.ReadToEndAsync();
            await chromium.ExpectSuccessAsync();
        });

        Assert.Equal("X25519MLKEM768", Cell(page, "group"));
        Assert.Equal("HTTP/2", Cell(page, "http"));
        Assert.Equal("Tls13", Cell(page, "protocol"));
        Assert.Equal([0x89, .. "PNG"u8], File.ReadAllBytes(screenshot)[..4]);
    }

    [Fact]
    [Needs("curl")]
    public async Task Curl_with_a_client_certificate_is_told_its_name_encoded()
    {
        await using WebServerProgram server = await WebServerProgram.StartAsync("--client-ca", PemFiles.Root);
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Default.Issue(subject: "CN=<b>Mallory</b>", forClients: true));
        await using PeerProgram curl = PeerProgram.Start(
            "curl", ["-sS", "--http1.1", "--cacert", PemFiles.Root, "--cert", PemFiles.Certificate, "--key", PemFiles.Key, server.Address], directory);

        await curl.ExplainAsync(async () =>
        {
            using var reader = new StreamReader(curl.Output);
            string page = await reader.ReadToEndAsync();
            Assert.Equal("CN=&quot;&lt;b&gt;Mallory&lt;/b&gt;&quot;", Cell(page, "certificate"));
            Assert.Equal("HTTP/1.1", Cell(page, "http"));
        });
    }

    private static string Cell(string page, string id) => Regex.Match(page, $"""<td id="{id}"[^>]*>([^<]*)</td>""").Groups[1].Value;

    internal static string Metadata(string key) =>
        typeof(ExampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;

    /// <summary>The example on a free port, with a certificate of the tests' authority.</summary>
    private sealed class WebServerProgram(PeerProgram program) : IAsyncDisposable
    {
        public string Address { get; private set; } = "";

        /// <summary>As Chromium wants it: SHA-256 of the public key's SubjectPublicKeyInfo, in Base64.</summary>
        public string KeyHash { get; } = Convert.ToBase64String(SHA256.HashData(TestAuthority.Localhost.PublicKey.ExportSubjectPublicKeyInfo()));

        public static async Task<WebServerProgram> StartAsync(params string[] arguments)
        {
            var directory = new TempDirectory();
            PemFiles.Write(directory, TestAuthority.Localhost);
            PeerProgram program = PeerProgram.Start(
                "dotnet", [Metadata("WebServerOutput"), "--port", "0", "--certificate", PemFiles.Certificate, "--key", PemFiles.Key, .. arguments], directory);
            var server = new WebServerProgram(program);
            await program.ExplainAsync(async () =>
            {
                string? line = await new StreamReader(program.Output).ReadLineAsync().WithDeadline();
                Assert.StartsWith("Listening on https://127.0.0.1:", line, StringComparison.Ordinal);
                server.Address = $"https://localhost:{line!.TrimEnd('.').Split(':')[^1]}/";
            });
            return server;
        }

        public ValueTask DisposeAsync() => program.DisposeAsync();
    }
}
