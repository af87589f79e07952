using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace S2nTls.AspNetCore.Tests;

/// <summary>Requests of every version and kind of client reach the application, and it knows that they came through TLS.</summary>
public class RequestTests
{
    public static TheoryData<string, string> CurlVersions => new() { { "--http1.1", "HTTP/1.1 https" }, { "--http2", "HTTP/2 https" } };

    [Theory]
    [InlineData("1.1", "HTTP/1.1 https")]
    [InlineData("2.0", "HTTP/2 https")]
    public async Task HttpClient_over_SslStream_gets_an_answer(string version, string answer)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(TestAuthority.Localhost));
        using HttpClient client = Clients.Http(new Version(version));

        Assert.Equal(answer, await client.GetStringAsync(host.Address).WithDeadline());
        Assert.Equal(answer, await client.GetStringAsync(host.Address).WithDeadline());
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task An_answer_whose_flush_is_cancelled_arrives_all_the_same(string version)
    {
        bool? isCanceled = null;
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost),
            application => application.Run(async context =>
            {
                context.Response.ContentLength = 5;
                context.Response.BodyWriter.Write("hello"u8);
                context.Response.BodyWriter.CancelPendingFlush();
                isCanceled = (await context.Response.BodyWriter.FlushAsync()).IsCanceled;
            }));
        using HttpClient client = Clients.Http(new Version(version));

        Assert.Equal("hello", await client.GetStringAsync(host.Address).WithDeadline());
        Assert.True(isCanceled);
    }

    [Theory]
    [MemberData(nameof(CurlVersions))]
    [Needs("curl")]
    public async Task Curl_gets_an_answer(string version, string answer)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(TestAuthority.Localhost));
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        await using PeerProgram curl = PeerProgram.Start("curl", ["-sS", version, "--cacert", PemFiles.Root, host.Address.ToString()], directory);

        await curl.ExplainAsync(async () =>
        {
            using var reader = new StreamReader(curl.Output);
            Assert.Equal(answer, await reader.ReadToEndAsync());
            await curl.ExpectSuccessAsync();
        });
    }

    [Theory]
    [InlineData("-tls1_3")]
    [InlineData("-tls1_2")]
    [Needs("openssl")]
    public async Task OpenSSL_gets_an_answer_and_a_clean_end(string version)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(TestAuthority.Localhost));
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        await using PeerProgram openssl = PeerProgram.Start(
            "openssl",
            ["s_client", "-connect", $"127.0.0.1:{host.Port}", version, "-CAfile", PemFiles.Root, "-verify_return_error", "-servername", "localhost", "-quiet", "-alpn", "http/1.1"],
            directory);

        await openssl.ExplainAsync(async () =>
        {
            await openssl.Input.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
            using var reader = new StreamReader(openssl.Output);
            Assert.EndsWith("HTTP/1.1 https\r\n0\r\n\r\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
            await openssl.ExpectSuccessAsync(); // s_client fails where the end is no close_notify
        });
    }

    [Fact]
    public async Task Requests_may_come_in_pieces_and_several_at_once()
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(TestAuthority.Localhost));
        await using SslStream client = await Clients.ConnectAsync(host.Port);
        byte[] requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20).Select(i => $"GET /{i} HTTP/1.1\r\nHost: localhost\r\n{(i == 19 ? "Connection: close\r\n" : "")}\r\n")));
        var random = new Random(20);
        for (int sent = 0; sent < requests.Length;)
        {
            int count = Math.Min(random.Next(1, 200), requests.Length - sent);
            await client.WriteAsync(requests.AsMemory(sent, count));
            sent += count;
        }

        using var reader = new StreamReader(client);
        string answers = await reader.ReadToEndAsync().WithDeadline();
        Assert.Equal(20, answers.Split("HTTP/1.1 200 OK").Length - 1);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, "")]
    [InlineData(HttpProtocols.Http2, "h2")]
    [InlineData(HttpProtocols.Http1AndHttp2, "h2")]
    public async Task The_protocols_of_the_endpoint_are_those_of_ALPN_even_if_they_are_set_later(HttpProtocols protocols, string agreed)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen =>
        {
            listen.UseS2n(TestAuthority.Localhost);
            listen.Protocols = protocols;
        });
        SslApplicationProtocol[] offered = protocols == HttpProtocols.Http1 ? [] : [SslApplicationProtocol.Http11, SslApplicationProtocol.Http2];

        await using SslStream client = await Clients.ConnectAsync(host.Port, alpn: offered);

        Assert.Equal(agreed, client.NegotiatedApplicationProtocol.ToString());
    }

    [Fact]
    public async Task Http3_is_refused_when_the_server_starts()
    {
        NotSupportedException refusal = await Assert.ThrowsAsync<NotSupportedException>(() => WebHostUnderTest.ListenAsync(listen =>
        {
            listen.UseS2n(TestAuthority.Localhost);
            listen.Protocols = HttpProtocols.Http1AndHttp2AndHttp3;
        }));

        Assert.Contains("HTTP/3", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_is_https_and_redirection_leads_to_it()
    {
        await using WebHostUnderTest host = await WebHostUnderTest.StartAsync(
            builder => builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseS2n(TestAuthority.Localhost));
                kestrel.Listen(IPAddress.Loopback, 0);
            }),
            application => application.UseHttpsRedirection());
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });

        using HttpResponseMessage answer = await client.GetAsync(new Uri(host.Addresses[1])).WithDeadline();

        Assert.StartsWith("https://127.0.0.1:", host.Addresses[0], StringComparison.Ordinal);
        Assert.StartsWith("http://127.0.0.1:", host.Addresses[1], StringComparison.Ordinal);
        Assert.Equal($"https://127.0.0.1:{host.Port}/", answer.Headers.Location!.ToString());
        Assert.DoesNotContain(host.Log.Entries, entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact]
    [Needs("curl")]
    public async Task A_unix_socket_can_be_an_endpoint()
    {
        using var directory = new TempDirectory();
        await using WebHostUnderTest host = await WebHostUnderTest.StartAsync(builder =>
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(directory.PathOf("web"), listen => listen.UseS2n(TestAuthority.Localhost))));
        var peer = new TempDirectory();
        PemFiles.Write(peer, TestAuthority.Localhost);
        await using PeerProgram curl = PeerProgram.Start("curl", ["-sS", "--cacert", PemFiles.Root, "--unix-socket", directory.PathOf("web"), "https://localhost/"], peer);

        await curl.ExplainAsync(async () =>
        {
            using var reader = new StreamReader(curl.Output);
            Assert.Equal("HTTP/2 https", await reader.ReadToEndAsync());
        });
    }
}
