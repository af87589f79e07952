using System.Security.Authentication;

namespace S2nTls.Tests.ClientHello;

/// <summary>The example in docs/client-hello.md is this file's, and works.</summary>
public class ClientHelloPageTests
{
    [Fact]
    public async Task The_example_selects_a_context_by_name()
    {
        await using S2nStream served = await ServeAsync("localhost", unwantedFingerprints: []);
        Assert.True(served.IsAuthenticated);
    }

    [Fact]
    public async Task The_example_refuses_names_and_fingerprints()
    {
        var unknown = await Assert.ThrowsAsync<S2nClientRefusedException>(() => ServeAsync("127.0.0.1", unwantedFingerprints: []));
        Assert.Equal(TlsAlert.HandshakeFailure, unknown.Alert);
        string fingerprint = string.Empty;
        await Assert.ThrowsAnyAsync<AuthenticationException>(() => Selecting.ConnectAsync(TestContexts.Client, (_, hello, _) =>
        {
            fingerprint = hello.Ja4;
            return new((S2nContext?)null);
        }));
        var unwanted = await Assert.ThrowsAsync<S2nClientRefusedException>(() => ServeAsync("localhost", [fingerprint]));
        Assert.Equal(TlsAlert.AccessDenied, unwanted.Alert);
    }

    [Fact]
    public async Task The_page_has_the_example_that_is_tested()
    {
        string source = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "test", "S2nStream.Tests", "ClientHello", "ClientHelloPageTests.cs"));
        string page = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", "client-hello.md"));
        string[] lines = [.. source.Split('\n')
            .SkipWhile(line => line.Trim() != "// the example:").Skip(1)
            .TakeWhile(line => line.Trim() != "// until here")];
        int indent = lines[0].Length - lines[0].TrimStart().Length;
        Assert.Contains($"```csharp\n{string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indent..]))}\n```", page, StringComparison.Ordinal);
    }

    private static async Task<S2nStream> ServeAsync(string host, string[] unwantedFingerprints)
    {
        var unwanted = new Blocklist(unwantedFingerprints);
        var contexts = new Dictionary<string, S2nContext>(StringComparer.OrdinalIgnoreCase) { ["localhost"] = TestContexts.Server };
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(clientEnd);
        var server = new S2nStream(serverEnd);
        Task clientSide = client.AuthenticateAsClientAsync(TestContexts.Client, host);
        try
        {
            // the example:
            await server.AuthenticateAsServerAsync(async (stream, hello, cancellation) =>
            {
                if (await unwanted.ContainsAsync(hello.Ja4, cancellation))
                {
                    throw new S2nClientRefusedException(TlsAlert.AccessDenied, $"Unwanted: {hello.Ja4}");
                }

                return contexts.GetValueOrDefault(hello.ServerName); // none refuses, with unrecognized_name
            });
            // until here
            await clientSide.WithDeadline();
            return server;
        }
        catch (S2nClientRefusedException)
        {
            await Assert.ThrowsAsync<AuthenticationException>(() => clientSide.WithDeadline());
            await server.DisposeAsync();
            throw;
        }
    }

    private sealed class Blocklist(string[] fingerprints)
    {
        public async ValueTask<bool> ContainsAsync(string fingerprint, CancellationToken cancellationToken)
        {
            await Task.Delay(1, cancellationToken);
            return fingerprints.Contains(fingerprint);
        }
    }
}
