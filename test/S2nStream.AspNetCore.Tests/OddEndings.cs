using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace S2nTls.AspNetCore.Tests;

/// <summary>Ways in which clients leave a server, all of them rude. Each is given a connection, which is closed after it.</summary>
internal static class OddEndings
{
    private const string Get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";

    private static readonly byte[] s_partOfAHello = [22, 3, 1, 2, 0, 1];
    private static readonly byte[] s_tamperedRecord = [23, 3, 3, 0, 40, .. new byte[40]];
    private static readonly X509Certificate2 s_certificate = TestAuthority.Default.Issue(forClients: true);

    public static IReadOnlyDictionary<string, Func<TcpClient, Task>> All { get; } = new Dictionary<string, Func<TcpClient, Task>>
    {
        ["goes at once"] = static _ => Task.CompletedTask,
        ["resets at once"] = static tcp => ResetAsync(tcp),
        ["says nothing"] = static tcp => DrainAsync(tcp.GetStream()),
        ["goes within its hello"] = static tcp => tcp.GetStream().WriteAsync(s_partOfAHello).AsTask(),
        ["resets within its hello"] = static async tcp =>
        {
            await tcp.GetStream().WriteAsync(s_partOfAHello);
            await ResetAsync(tcp);
        },
        ["speaks no TLS"] = static async tcp =>
        {
            await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Get));
            await DrainAsync(tcp.GetStream());
        },
        ["has a certificate on which the application throws"] = static async tcp => await DrainAsync(await AuthenticateAsync(tcp, Get, certificate: s_certificate)),
        ["goes without a close_notify"] = static tcp => AuthenticateAsync(tcp, Get),
        ["resets within its request"] = static async tcp =>
        {
            await AuthenticateAsync(tcp, Post);
            await ResetAsync(tcp);
        },
        ["resets within the answer"] = static async tcp =>
        {
            SslStream stream = await AuthenticateAsync(tcp, Get);
            await stream.ReadExactlyAsync(new byte[100_000]);
            await ResetAsync(tcp);
        },
        ["ends its side within its request"] = static async tcp =>
        {
            SslStream stream = await AuthenticateAsync(tcp, Post);
            tcp.Client.Shutdown(SocketShutdown.Send);
            await DrainAsync(stream);
        },
        ["says close_notify within its request"] = static async tcp =>
        {
            SslStream stream = await AuthenticateAsync(tcp, Post);
            await stream.ShutdownAsync();
            await DrainAsync(stream);
        },
        ["says close_notify within the answer and reads no more"] = static async tcp =>
        {
            SslStream stream = await AuthenticateAsync(tcp, Get);
            await stream.ReadExactlyAsync(new byte[1000]);
            await stream.ShutdownAsync();
        },
        ["tampers with a record"] = static async tcp =>
        {
            await AuthenticateAsync(tcp, Get);
            await tcp.GetStream().WriteAsync(s_tamperedRecord);
            await DrainAsync(tcp.GetStream());
        },
        ["is aborted by the application"] = static async tcp => await DrainAsync(await AuthenticateAsync(tcp, Get.Replace(" / ", " /abort ", StringComparison.Ordinal))),
        ["has its flush given up by the application"] = static async tcp => await DrainAsync(await AuthenticateAsync(tcp, Get.Replace(" / ", " /giveup ", StringComparison.Ordinal))),
        ["speaks no HTTP"] = static async tcp => await DrainAsync(await AuthenticateAsync(tcp, "what?\r\n\r\n")),
        ["speaks no HTTP/2"] = static async tcp => await DrainAsync(await AuthenticateAsync(tcp, Get, SslApplicationProtocol.Http2)),
        ["resets within HTTP/2"] = static async tcp =>
        {
            await AuthenticateAsync(tcp, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", SslApplicationProtocol.Http2);
            await ResetAsync(tcp);
        },
    };

    /// <summary>Connects, and leaves in this way. That the server ends the connection is no error here.</summary>
    public static async Task LeaveAsync(int port, Func<TcpClient, Task> ending)
    {
        using var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(IPAddress.Loopback, port).WithDeadline();
        try
        {
            await ending(tcp).WithDeadline();
        }
        catch (IOException)
        {
            // What it was to be told comes too late.
        }
    }

    private static Task ResetAsync(TcpClient tcp)
    {
        tcp.LingerState = new LingerOption(enable: true, seconds: 0);
        return Task.CompletedTask;
    }

    private static async Task<SslStream> AuthenticateAsync(TcpClient tcp, string request, SslApplicationProtocol alpn = default, X509Certificate2? certificate = null)
    {
        var stream = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: true);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
            ClientCertificates = certificate is null ? null : [certificate],
            ApplicationProtocols = alpn == default ? null : [alpn],
        });
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        return stream;
    }

    private static async Task DrainAsync(Stream stream)
    {
        byte[] buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer) > 0)
        {
        }
    }
}
