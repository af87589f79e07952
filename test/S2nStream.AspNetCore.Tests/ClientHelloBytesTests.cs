using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;

namespace S2nTls.AspNetCore.Tests;

/// <summary>
/// <c>TlsClientHelloBytesCallback</c>, by which an application screens its clients: called as under UseHttps, with the same bytes; and who is not shown to it
/// is not served.
/// </summary>
public class ClientHelloBytesTests
{
    private const int HeaderLength = 5;

    public static TheoryData<string> Cuts => ["whole", "byte by byte", "in the middle of the header", "in the middle of the hello", "with more behind it", "in two records"];

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task It_is_called_with_the_bytes_that_it_is_called_with_under_UseHttps(string cut)
    {
        foreach (byte[] hello in new[] { await HelloAsync(overS2n: false), await HelloAsync(overS2n: true) })
        {
            byte[][] pieces = cut switch
            {
                "whole" => [hello],
                "byte by byte" => [.. hello.Select(one => new[] { one })],
                "in the middle of the header" => [hello[..3], hello[3..]],
                "in the middle of the hello" => [hello[..100], hello[100..]],
                "with more behind it" => [[.. hello, 20, 3, 3, 0, 1, 1]],
                _ => [[.. Record(hello[HeaderLength..100]), .. Record(hello[100..])]],
            };
            byte[] theirs = await ShownAsync(overS2n: false, pieces);
            byte[] ours = await ShownAsync(overS2n: true, pieces);
            Assert.Equal(theirs, ours);
            Assert.Equal(cut == "in two records" ? Record(hello[HeaderLength..100]) : hello, ours);
        }
    }

    [Theory]
    [InlineData(false, "HTTP/1.1")]
    [InlineData(true, "HTTP/1.1")]
    [InlineData(false, "HTTP/2")]
    [InlineData(true, "HTTP/2")]
    public async Task The_handshake_and_the_requests_find_all_that_the_client_has_sent(bool overS2n, string protocol)
    {
        var shown = new ConcurrentQueue<byte[]>();
        await using WebHostUnderTest host = await ListenAsync(overS2n, (connection, bytes) =>
        {
            Assert.NotEmpty(connection.ConnectionId);
            Assert.IsType<IPEndPoint>(connection.RemoteEndPoint);
            shown.Enqueue(bytes.ToArray());
        });
        using HttpClient client = Clients.Http(protocol == "HTTP/2" ? HttpVersion.Version20 : HttpVersion.Version11);

        Assert.Equal($"{protocol} https", await client.GetStringAsync(host.Address).WithDeadline());
        Assert.Equal($"{protocol} https", await client.GetStringAsync(host.Address).WithDeadline());

        byte[] hello = Assert.Single(shown); // it is the connection's, and not each request's
        Assert.Equal([22, 3], hello[..2]);
        Assert.Equal(hello.Length, HeaderLength + (hello[3] << 8) + hello[4]);
        Assert.True(hello.AsSpan().IndexOf("localhost"u8) > 0);
    }

    /// <summary>Wherever it is set, and whatever the certificate comes from.</summary>
    [Theory]
    [InlineData("UseHttps with a section Sni")] // what Kestrel itself does
    [InlineData("in UseS2n's options")]
    [InlineData("in UseS2n's options for all")]
    [InlineData("for the configuration's endpoint")]
    [InlineData("for the configuration's endpoint with a section Sni")]
    [InlineData("for all, and a URL")]
    [InlineData("for all, and a certificate selector")]
    public async Task It_is_called_wherever_it_is_set(string where)
    {
        int calls = 0;
        Action<ConnectionContext, ReadOnlySequence<byte>> callback = (_, _) => Interlocked.Increment(ref calls);
        await using WebHostUnderTest host = await WebHostUnderTest.StartAsync(builder =>
        {
            bool isConfigured = where.Contains("section Sni", StringComparison.Ordinal) || where.Contains("configuration", StringComparison.Ordinal);
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                [isConfigured ? "Kestrel:Endpoints:A:Url" : "Urls"] = "https://127.0.0.1:0",
                [where.Contains("Sni", StringComparison.Ordinal) ? "Kestrel:Endpoints:A:Sni:*:Protocols" : "Other"] = "Http1",
            });
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.ConfigureHttpsDefaults(https =>
                {
                    https.ServerCertificate = TestAuthority.Localhost;
                    if (where.StartsWith("for all", StringComparison.Ordinal) || where.StartsWith("UseHttps", StringComparison.Ordinal))
                    {
                        https.TlsClientHelloBytesCallback = callback;
                    }

                    if (where.EndsWith("selector", StringComparison.Ordinal))
                    {
                        https.ServerCertificateSelector = static (_, _) => TestAuthority.Localhost;
                    }
                });
                if (where.StartsWith("for the configuration", StringComparison.Ordinal))
                {
                    kestrel.ConfigurationLoader!.Endpoint("A", endpoint => endpoint.HttpsOptions.TlsClientHelloBytesCallback = callback);
                }

                if (where == "in UseS2n's options")
                {
                    kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseS2n(https => https.TlsClientHelloBytesCallback = callback));
                }
            });
            if (where == "in UseS2n's options for all")
            {
                builder.WebHost.UseS2n(https => https.TlsClientHelloBytesCallback = callback);
            }
            else if (where.StartsWith("for", StringComparison.Ordinal))
            {
                builder.WebHost.UseS2n();
            }
        });
        using HttpClient client = Clients.Http();

        Assert.EndsWith("https", await client.GetStringAsync(host.Address).WithDeadline(), StringComparison.Ordinal);

        Assert.Equal(where.StartsWith("UseHttps", StringComparison.Ordinal) ? 0 : 1, calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_it_aborts_is_not_served(bool overS2n)
    {
        await using WebHostUnderTest host = await ListenAsync(overS2n, static (connection, _) => connection.Abort());

        await Assert.ThrowsAnyAsync<IOException>(() => Clients.ConnectAsync(host.Port));

        await FailureAsync(host);
        Assert.DoesNotContain(host.Log.Entries, static entry => entry.Id.Name == "HttpsConnectionEstablished");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_it_throws_ends_the_connection_and_is_logged(bool overS2n)
    {
        await using WebHostUnderTest host = await ListenAsync(overS2n, static (_, bytes) =>
            throw (bytes.ToArray().AsSpan().IndexOf("refused.example"u8) > 0 ? new AuthenticationException("Not this one.") : new FormatException("What is this?")));

        await Assert.ThrowsAnyAsync<IOException>(() => Clients.ConnectAsync(host.Port, host: "refused.example"));
        await Assert.ThrowsAnyAsync<IOException>(() => Clients.ConnectAsync(host.Port));

        Assert.Equal("Not this one.", (await FailureAsync(host)).Exception!.Message);
        await host.Log.WaitForAsync(static entry => entry.Exception is FormatException);
        Assert.DoesNotContain(host.Log.Entries, static entry => entry.Id.Name == "HttpsConnectionEstablished");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_not_a_hello_is_not_shown_and_the_connection_ends(bool overS2n)
    {
        byte[] hello = await HelloAsync(overS2n: true);
        foreach (byte[] sent in new byte[][] { [.. "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8], new byte[200], [22, 3, 1, 0, 4, 2, 0, 0, 0], [22, 9, 9, .. hello[3..]] })
        {
            int calls = 0;
            await using WebHostUnderTest host = await ListenAsync(overS2n, (_, _) => calls++);
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, host.Port).WithDeadline();

            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(sent);

            await FailureAsync(host);
            await ReadToEndAsync(stream).WithDeadline();
            Assert.Equal(0, calls);
        }
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 3)]
    [InlineData(true, 3)]
    [InlineData(false, 100)]
    [InlineData(true, 100)]
    public async Task A_client_that_goes_before_its_hello_is_complete_is_a_handshake_that_failed(bool overS2n, int sent)
    {
        int calls = 0;
        await using WebHostUnderTest host = await ListenAsync(overS2n, (_, _) => calls++);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Port).WithDeadline();
        await client.GetStream().WriteAsync((await HelloAsync(overS2n: false)).AsMemory(0, sent));
        client.Client.Shutdown(SocketShutdown.Send);

        Assert.IsAssignableFrom<IOException>((await FailureAsync(host)).Exception);
        Assert.Equal(0, calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_time_for_the_hello_is_the_handshakes(bool overS2n)
    {
        int calls = 0;
        await using WebHostUnderTest host = await ListenAsync(overS2n, (_, _) => calls++, TimeSpan.FromMilliseconds(300));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Port).WithDeadline();
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync((await HelloAsync(overS2n: false)).AsMemory()[..^1]);

        await ReadToEndAsync(stream).WithDeadline();

        await host.Log.WaitForAsync(static entry => entry.Id.Name == "AuthenticationTimedOut");
        Assert.Equal(0, calls);
    }

    /// <summary>s2n reads on after a warning, where it is told to: a client could hide its hello behind one.</summary>
    [Fact]
    public async Task A_hello_behind_another_record_is_not_served_unseen()
    {
        byte[] warning = [21, 3, 1, 0, 2, 1, (byte)TlsAlert.UnrecognizedName];
        int calls = 0;
        await using WebHostUnderTest unscreened = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost, static https => https.Tls.IgnoreWarningAlerts = true));
        await using WebHostUnderTest screened = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(TestAuthority.Localhost, https =>
        {
            https.Tls.IgnoreWarningAlerts = true;
            https.TlsClientHelloBytesCallback = (_, _) => calls++;
        }));

        await ConnectAsync(unscreened); // where s2n takes it no more, this test has lost its cause
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(screened));

        Assert.IsType<AuthenticationException>((await FailureAsync(screened)).Exception);
        Assert.Equal(0, calls);

        async Task ConnectAsync(WebHostUnderTest host)
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(IPAddress.Loopback, host.Port).WithDeadline();
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(warning);
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
            }).WithDeadline();
        }
    }

    private static Task<WebHostUnderTest> ListenAsync(bool overS2n, Action<ConnectionContext, ReadOnlySequence<byte>> callback, TimeSpan? limit = null) =>
        WebHostUnderTest.ListenAsync(
            listen => _ = overS2n ? listen.UseS2n() : listen.UseHttps(),
            build: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
            {
                https.ServerCertificate = TestAuthority.Localhost;
                https.TlsClientHelloBytesCallback = callback;
                https.HandshakeTimeout = limit ?? Deadline.Default;
            })),
            defaultsFirst: true);

    /// <summary>What the callback is called with when this is sent; and the server answers.</summary>
    private static async Task<byte[]> ShownAsync(bool overS2n, byte[][] pieces)
    {
        var shown = new TaskCompletionSource<byte[]>();
        await using WebHostUnderTest host = await ListenAsync(overS2n, (_, bytes) => shown.SetResult(bytes.ToArray()));
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, host.Port).WithDeadline();
        foreach (byte[] piece in pieces)
        {
            await client.GetStream().WriteAsync(piece);
            if (pieces.Length == 2)
            {
                await Task.Delay(50); // so that it comes by itself; where it does not, no harm is done
            }
        }

        byte[] result = await shown.Task.WithDeadline();
        byte[] answer = new byte[1];
        await client.GetStream().ReadExactlyAsync(answer).WithDeadline();
        Assert.Equal(22, answer[0]); // the server's hello: it has read the client's as well
        return result;
    }

    /// <summary>A client's first record.</summary>
    private static async Task<byte[]> HelloAsync(bool overS2n)
    {
        (Stream client, Stream server) = DuplexPipe.CreateStreams(64 * 1024);
        Task handshake;
        if (overS2n)
        {
            var stream = new S2nStream(client);
            handshake = stream.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        }
        else
        {
            handshake = new SslStream(client).AuthenticateAsClientAsync("localhost");
        }

        byte[] header = new byte[HeaderLength];
        await server.ReadExactlyAsync(header).WithDeadline();
        byte[] rest = new byte[(header[3] << 8) + header[4]];
        await server.ReadExactlyAsync(rest).WithDeadline();
        await server.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => handshake.WithDeadline());
        return [.. header, .. rest];
    }

    private static byte[] Record(byte[] fragment) => [22, 3, 1, (byte)(fragment.Length >> 8), (byte)fragment.Length, .. fragment];

    private static Task<LogEntry> FailureAsync(WebHostUnderTest host) => host.Log.WaitForAsync(static entry => entry.Id.Name is "AuthenticationFailed" or "AuthenticationTimedOut");

    private static async Task ReadToEndAsync(NetworkStream stream)
    {
        try
        {
            while (await stream.ReadAsync(new byte[100]) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset, because not all that was sent has been read: an end too.
        }
    }
}
