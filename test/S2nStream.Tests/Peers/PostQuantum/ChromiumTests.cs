using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace S2nTls.Tests.Peers;

/// <summary>The peer is a browser, which has offered X25519MLKEM768 since 2024.</summary>
[Needs("chromium")]
public class ChromiumTests
{
    /// <summary>A browser's start can take a while on a busy machine.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("default_pq", "X25519MLKEM768")]
    [InlineData("default_tls13", "X25519")]
    public async Task Chromium_shows_the_page_and_the_group_that_it_came_by(string policy, string group)
    {
        using S2nContext server = TestContexts.MakeServer(options => options.SecurityPolicy = new S2nSecurityPolicy(policy));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        Task service = ServeAsync(listener, server, stop.Token);
        string page = await DumpAsync($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        await stop.CancelAsync();
        await service.WithDeadline();
        Assert.Contains($"<p>Tls13, {group}</p>", page, StringComparison.Ordinal);
    }

    /// <summary>Has the browser write down the page's document as it understands it.</summary>
    private static async Task<string> DumpAsync(string address)
    {
        string key = Convert.ToBase64String(SHA256.HashData(TestAuthority.Localhost.PublicKey.ExportSubjectPublicKeyInfo()));
        await using PeerProgram chromium = PeerProgram.Start(
            "chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--no-proxy-server", "--user-data-dir=profile",
                $"--ignore-certificate-errors-spki-list={key}", "--dump-dom", address,
            ],
            new TempDirectory());
        string page = "";
        await chromium.ExplainAsync(async () => page = await new StreamReader(chromium.Output).ReadToEndAsync().WithDeadline(s_patience));
        await chromium.ExitCodeAsync();
        return page;
    }

    /// <summary>Answers every connection that asks for something: browsers open some that they never use.</summary>
    private static async Task ServeAsync(TcpListener listener, S2nContext context, CancellationToken stop)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(AnswerAsync(await listener.AcceptSocketAsync(stop), context, stop));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private static async Task AnswerAsync(Socket socket, S2nContext context, CancellationToken stop)
    {
        await using var stream = new S2nStream(new NetworkStream(socket, ownsSocket: true));
        using CancellationTokenRegistration closing = stop.Register(stream.Dispose);
        try
        {
            await stream.AuthenticateAsServerAsync(context, stop);
            await HttpHead.ReadAsync(stream);
            string body = $"<!doctype html><title>Post-quantum</title><p>{stream.SslProtocol}, {stream.KeyExchangeGroup}</p>";
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), stop);
            await stream.ShutdownWriteAsync(stop);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // One that was opened in advance: what counts is the page.
        }
    }
}
