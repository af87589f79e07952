using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace S2nTls.Tests.EarlyData;

/// <summary>The code in docs/early-data.md and docs/pre-shared-keys.md is the code below, and works.</summary>
public partial class EarlyDataPageTests
{
    [Theory]
    [InlineData("early-data.md")]
    [InlineData("pre-shared-keys.md")]
    public void Every_line_of_code_on_the_page_is_run_here(string page)
    {
        // These tests see the library's internals, and so must say more than others where they override.
        string here = Squeeze(File.ReadAllText(ThisFile())).Replace("protected internal override", "protected override", StringComparison.Ordinal);
        MatchCollection snippets = Snippet().Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", page)));
        Assert.NotEmpty(snippets);
        Assert.All(snippets, snippet => Assert.Contains(Squeeze(snippet.Groups[1].Value), here, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_client_and_the_server_of_early_data_work()
    {
        using S2nContext clients = EarlyDataPair.MakeClient();
        using S2nCertificate certificate = S2nCertificate.FromX509(TestAuthority.Localhost);
        var options = new S2nServerOptions
        {
            Certificates = { certificate },
            EarlyData = new S2nEarlyDataOptions(new S2nSingleUseEarlyDataGuard()) { MaxSize = 4096 },
        };
        using S2nContext servers = S2nContext.CreateServer(options);
        byte[] request = "request"u8.ToArray();
        for (int i = 0; i < 2; i++)
        {
            (Stream inner, Stream peer) = DuplexPipe.CreateStreams();
            await using var client = new S2nStream(inner);
            await using var server = new S2nStream(peer);
            await Task.WhenAll(SendAsync(client, clients, request), ServeAsync(server, servers, request)).WithDeadline();
            await client.ReadExactlyAsync(new byte[6]).WithDeadline();
            Assert.Equal(i == 0 ? S2nEarlyDataStatus.NotOffered : S2nEarlyDataStatus.Accepted, client.EarlyDataStatus);
        }
    }

    [Fact]
    public async Task The_guard_that_asks_a_store_accepts_once()
    {
        var seen = new HashSet<string>();
        var guard = new SharedGuard((binder, _, _) => ValueTask.FromResult(seen.Add(binder)));
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer(guard);
        await EarlyDataPair.IntroduceAsync(client, server);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, "request"u8.ToArray());
        pair.AssertAccepted("request"u8.ToArray());
        Assert.False(seen.Add(Assert.Single(seen)));
        Assert.True(new S2nTicketKeyRing(new S2nSharedSecretTicketKeys(new byte[32])).Lifetime < TimeSpan.FromHours(13));
    }

    [Fact]
    public async Task The_client_and_the_server_of_pre_shared_keys_work()
    {
        byte[] secret = RandomNumberGenerator.GetBytes(32);
        using var key = new S2nPreSharedKey("device 17"u8, secret);
        CryptographicOperations.ZeroMemory(secret);
        using S2nContext clients = S2nContext.CreateClient(new S2nClientOptions { PreSharedKeys = { key } });
        using S2nContext servers = S2nContext.CreateServer(new S2nServerOptions { PreSharedKeys = { key } });
        await using (TlsPair pair = await TlsPair.InMemoryAsync(client: clients, server: servers))
        {
            Assert.Equal("device 17"u8.ToArray(), pair.Server.PreSharedKeyIdentity.ToArray());
        }

        var database = new Database(key);
        var options = new S2nServerOptions
        {
            PreSharedKeySelectionCallback = async (offer, cancellationToken) =>
            {
                foreach (ReadOnlyMemory<byte> identity in offer.Identities)
                {
                    if (await database.FindAsync(identity, cancellationToken) is { } found)
                    {
                        return found;
                    }
                }

                return null;
            },
        };
        using S2nContext asking = S2nContext.CreateServer(options);
        await using (TlsPair pair = await TlsPair.InMemoryAsync(client: clients, server: asking))
        {
            Assert.Equal("device 17"u8.ToArray(), pair.Server.PreSharedKeyIdentity.ToArray());
        }
    }

    private static async Task SendAsync(S2nStream client, S2nContext context, byte[] request)
    {
        await client.AuthenticateAsClientAsync(context, new S2nClientConnectionOptions { TargetHost = "localhost", EarlyData = request });
        if (client.EarlyDataStatus != S2nEarlyDataStatus.Accepted)
        {
            await client.WriteAsync(request);
        }
    }

    private static async Task ServeAsync(S2nStream server, S2nContext context, byte[] expected)
    {
        using var prepared = new MemoryStream();
        Task handshake = server.AuthenticateAsServerAsync(context);
        byte[] buffer = new byte[4096];
        int count;
        while ((count = await server.ReadEarlyDataAsync(buffer)) > 0)
        {
            prepared.Write(buffer, 0, count);
        }

        await handshake;
        while (prepared.Length < expected.Length)
        {
            prepared.Write(buffer, 0, await server.ReadAsync(buffer));
        }

        Assert.Equal(expected, prepared.ToArray());
        await server.WriteAsync("answer"u8.ToArray());
    }

    /// <summary>All on one line, with one space between words.</summary>
    private static string Squeeze(string code) => Whitespace().Replace(code, " ").Trim();

    private static string ThisFile([CallerFilePath] string path = "") => Path.Combine(RepositoryRoot.Path, "test", "S2nStream.Tests", "EarlyData", Path.GetFileName(path));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();

    private sealed class Database(S2nPreSharedKey key)
    {
        public ValueTask<S2nPreSharedKey?> FindAsync(ReadOnlyMemory<byte> identity, CancellationToken cancellationToken) =>
            ValueTask.FromResult(!cancellationToken.IsCancellationRequested && identity.Span.SequenceEqual(key.Identity.Span) ? key : null);
    }
}

internal sealed class SharedGuard(Func<string, TimeSpan, CancellationToken, ValueTask<bool>> addIfAbsent) : S2nEarlyDataGuard
{
    public override ValueTask<bool> AcceptAsync(S2nEarlyDataOffer offer, CancellationToken cancellationToken) =>
        offer.IsExternal
            ? ValueTask.FromResult(false)
            : addIfAbsent(Convert.ToHexString(offer.Binder.Span), TimeSpan.FromHours(13), cancellationToken);
}
