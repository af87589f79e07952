using System.Security.Cryptography;
using S2nTls.Tests.Examples;

namespace S2nTls.Tests.Sessions;

/// <summary>Servers that are processes of their own and share a secret: clients take their sessions from one to the other.</summary>
public sealed class FleetTests : IDisposable
{
    private const int Rotation = 10;

    private readonly TempDirectory _directory = new();

    public FleetTests()
    {
        File.WriteAllBytes(_directory.PathOf("secret"), RandomNumberGenerator.GetBytes(32));
        File.WriteAllBytes(_directory.PathOf("another"), RandomNumberGenerator.GetBytes(32));
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    [Needs("openssl")]
    public async Task A_session_of_one_process_is_resumed_at_another_even_after_a_rotation()
    {
        await using EchoServerProgram first = await StartAsync("secret");
        await using EchoServerProgram second = await StartAsync("secret");
        Assert.False(await IsResumedByClientAsync(first));
        string[] sessions = ["one", "two"];
        foreach (string session in sessions)
        {
            Assert.Contains("New, TLSv1.3", await AskWithOpensslAsync(first, "-sess_out", _directory.PathOf(session)), StringComparison.Ordinal);
        }

        Assert.Contains("Reused, TLSv1.3", await AskWithOpensslAsync(second, "-sess_in", _directory.PathOf("one")), StringComparison.Ordinal);

        await AfterTheNextRotationAsync();
        Assert.True(await IsResumedByClientAsync(second));
        Assert.True(await IsResumedByClientAsync(first)); // with the ticket that the second one has given
        Assert.Contains("Reused, TLSv1.3", await AskWithOpensslAsync(second, "-sess_in", _directory.PathOf("two")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_with_another_secret_resumes_nothing()
    {
        await using EchoServerProgram first = await StartAsync("secret");
        await using EchoServerProgram stranger = await StartAsync("another");
        Assert.False(await IsResumedByClientAsync(first));
        Assert.False(await IsResumedByClientAsync(stranger));
    }

    private static Task AfterTheNextRotationAsync()
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), period = Rotation * 1000;
        return Task.Delay(TimeSpan.FromMilliseconds(((now / period) + 1) * period - now + 100));
    }

    private Task<EchoServerProgram> StartAsync(string secret) =>
        EchoServerProgram.StartWithFilesAsync("--ticket-secret", _directory.PathOf(secret), "--ticket-rotation", $"{Rotation}");

    /// <summary>Runs the Client example, a process each time, which keeps its session in a file.</summary>
    private async Task<bool> IsResumedByClientAsync(EchoServerProgram server)
    {
        await using PeerProgram client = server.StartClient("--session", _directory.PathOf("session"));
        await client.Input.WriteAsync("hello\n"u8.ToArray());
        client.Input.Close();
        Assert.Equal("hello\n", await new StreamReader(client.Output).ReadToEndAsync().WithDeadline());
        Assert.Equal(0, await client.ExitCodeAsync());
        bool resumed = client.Errors.TrimEnd().EndsWith(", resumed", StringComparison.Ordinal);
        Assert.Equal(resumed, (await server.ReadLineAsync()).EndsWith(", resumed", StringComparison.Ordinal));
        return resumed;
    }

    /// <summary>Has <c>openssl s_client</c> say what it has agreed on; it has its ticket once it has read something.</summary>
    private static async Task<string> AskWithOpensslAsync(EchoServerProgram server, params string[] more)
    {
        await using PeerProgram client = PeerProgram.Start(
            "openssl", ["s_client", "-connect", $"127.0.0.1:{server.Port}", "-CAfile", server.CaFile, "-tls1_3", .. more], new TempDirectory());
        string said = "";
        await client.ExplainAsync(async () =>
        {
            using var output = new StreamReader(client.Output);
            await client.Input.WriteAsync("hello\n"u8.ToArray());
            while (!said.EndsWith("hello\n", StringComparison.Ordinal))
            {
                said += (await output.ReadLineAsync().WithDeadline() ?? throw new EndOfStreamException(said)) + "\n";
            }

            client.Input.Close();
            await client.ExitCodeAsync();
        });
        await server.ReadLineAsync();
        return said;
    }
}
