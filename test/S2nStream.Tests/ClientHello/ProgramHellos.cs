using System.Net;
using System.Net.Sockets;

namespace S2nTls.Tests.ClientHello;

/// <summary>The hellos of programs that nobody here wrote.</summary>
internal static class ProgramHellos
{
    public static Task<S2nClientHello> OfOpenSslAsync(params string[] more) => FirstAsync(port => PeerProgram.Start(
        "openssl", ["s_client", "-connect", $"127.0.0.1:{port}", "-servername", "localhost", "-quiet", .. more], new TempDirectory()));

    public static Task<S2nClientHello> OfCurlAsync() => FirstAsync(port => PeerProgram.Start(
        "curl", ["--disable", "--noproxy", "*", "--insecure", "--silent", "--resolve", $"localhost:{port}:127.0.0.1", $"https://localhost:{port}/"], new TempDirectory()));

    public static Task<S2nClientHello> OfGnuTlsAsync() => FirstAsync(port => PeerProgram.Start(
        "gnutls-cli", ["--port", $"{port}", "--insecure", "--alpn", "h2", "--alpn", "http/1.1", "--sni-hostname", "localhost", "127.0.0.1"], new TempDirectory()));

    /// <summary>What a page and a script of it are asked for with, from two hosts.</summary>
    public static async Task<IReadOnlyList<S2nClientHello>> OfChromiumAsync()
    {
        var hellos = new List<S2nClientHello>();
        var both = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        byte[] page = System.Text.Encoding.ASCII.GetBytes($"<script src=\"https://two.test:{port}/\"></script>");
        var directory = new TempDirectory();
        await using PeerProgram chromium = PeerProgram.Start(
            "chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--ignore-certificate-errors", "--no-proxy-server",
                $"--user-data-dir={directory.Path}", "--host-resolver-rules=MAP *.test 127.0.0.1", "--dump-dom", $"https://one.test:{port}/",
            ],
            directory);
        Task accepting = AcceptAsync();
        await chromium.ExplainAsync(() => chromium.UnlessItExitsAsync(both.Task));
        listener.Stop();
        await accepting;
        lock (hellos)
        {
            return [.. hellos];
        }

        async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    _ = ServeAsync(await listener.AcceptSocketAsync());
                }
            }
            catch (SocketException)
            {
                // No more are needed.
            }
        }

        async Task ServeAsync(Socket socket)
        {
            await using var stream = new S2nStream(new NetworkStream(socket, ownsSocket: true));
            try
            {
                await stream.AuthenticateAsServerAsync(Keep);
                await stream.ReadAtLeastAsync(new byte[16 * 1024], 1);
                await stream.WriteAsync((byte[])[.. "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: "u8, .. System.Text.Encoding.ASCII.GetBytes($"{page.Length}\r\n\r\n"), .. page]);
                await stream.ShutdownWriteAsync();
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
                // A connection that the browser has opened to be ready, and does not need.
            }
        }

        ValueTask<S2nContext?> Keep(S2nStream stream, S2nClientHello hello, CancellationToken cancellationToken)
        {
            lock (hellos)
            {
                hellos.Add(hello);
                if (hellos.Exists(one => one.ServerName == "one.test") && hellos.Exists(one => one.ServerName == "two.test"))
                {
                    both.TrySetResult(true);
                }
            }

            return new(TestContexts.Server);
        }
    }

    private static async Task<S2nClientHello> FirstAsync(Func<int, PeerProgram> start)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using PeerProgram program = start(((IPEndPoint)listener.LocalEndpoint).Port);
        S2nClientHello? first = null;
        await program.ExplainAsync(async () =>
        {
            await using var stream = new S2nStream(new NetworkStream(await program.UnlessItExitsAsync(listener.AcceptSocketAsync()), ownsSocket: true));
            await stream.AuthenticateAsServerAsync((_, hello, _) =>
            {
                first = hello;
                return new(TestContexts.Server);
            }).WithDeadline();
        });
        return first!;
    }
}
