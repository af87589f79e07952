using System.Net;
using System.Text;

namespace S2nTls.Http.Tests.Requests;

public class RequestTests
{
    public static TheoryData<Version> Versions => [HttpVersion.Version11, HttpVersion.Version20];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_body_comes_back_as_it_went(Version version)
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = Clients.Create();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, "/echo"))
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("as it went", Encoding.UTF8),
        };
        using HttpResponseMessage response = await client.SendAsync(request).WithDeadline();
        Assert.Equal(version, response.Version);
        Assert.Equal("as it went", await response.Content.ReadAsStringAsync().WithDeadline());
    }

    [Fact]
    public async Task Send_works_without_await_on_new_connections_and_used_ones()
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = Clients.Create();
        await Deadline.Run(() =>
        {
            for (int i = 0; i < 3; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(server.Url, "/echo")) { Content = new ByteArrayContent(new byte[100_000]) };
                using HttpResponseMessage response = client.Send(request);
                using Stream body = response.Content.ReadAsStream();
                using var copy = new MemoryStream();
                body.CopyTo(copy);
                Assert.Equal(100_000, copy.Length);
            }
        });
    }

    [Fact]
    public async Task Send_fails_as_SendAsync_does()
    {
        await using WebServer server = await WebServer.StartAsync(https => https.ServerCertificate = new TestAuthority("another").Issue());
        using HttpClient client = Clients.Create();
        await Deadline.Run(() =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, server.Url);
            HttpRequestException error = Assert.Throws<HttpRequestException>(() => client.Send(request));
            Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);
        });
    }

    [Theory]
    [InlineData(1, HttpVersionPolicy.RequestVersionOrHigher)]
    [InlineData(2, HttpVersionPolicy.RequestVersionOrLower)]
    [InlineData(3, HttpVersionPolicy.RequestVersionOrLower)]
    [InlineData(3, HttpVersionPolicy.RequestVersionExact)]
    public async Task Send_refuses_what_may_need_more_than_http_1_1_as_SocketsHttpHandler_does(int version, HttpVersionPolicy policy)
    {
        using HttpClient sockets = Clients.Over(new SocketsHttpHandler());
        using HttpClient client = Clients.Create();
        await Deadline.Run(() => Assert.Equal(Refuse(sockets), Refuse(client)));

        string Refuse(HttpClient client)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "https://localhost") { Version = version == 1 ? HttpVersion.Version11 : new(version, 0), VersionPolicy = policy };
            string refusal = Assert.Throws<NotSupportedException>(() => client.Send(request)).Message;
            Assert.Equal(policy, request.VersionPolicy);
            return refusal;
        }
    }

    [Fact]
    public async Task Cookies_are_kept_and_sent()
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = Clients.Create();
        Assert.Equal("none", await client.GetAsync(server.Url, "/cookie", HttpVersion.Version20));
        Assert.Equal("kept", await client.GetAsync(server.Url, "/cookie", HttpVersion.Version20));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_cancelled_request_ends_and_others_go_on(Version version)
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = Clients.Create();
        using var source = new CancellationTokenSource();
        Task<HttpResponseMessage> waiting = client.SendAsync(Clients.Get(server.Url, "/never", version), source.Token);
        Assert.StartsWith("GET", await client.GetAsync(server.Url, "/", version), StringComparison.Ordinal);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WithDeadline());
        Assert.StartsWith("GET", await client.GetAsync(server.Url, "/", version), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_times_out()
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = Clients.Create();
        client.Timeout = TimeSpan.FromMilliseconds(200);
        var error = await Assert.ThrowsAsync<TaskCanceledException>(() => client.GetAsync(new Uri(server.Url, "/never")).WithDeadline());
        Assert.IsType<TimeoutException>(error.InnerException);
    }

    [Fact]
    public async Task A_server_that_never_answers_a_handshake_is_given_up_after_the_connect_timeout()
    {
        await using var server = new TcpService(client => client.CopyToAsync(Stream.Null));
        using HttpClient client = Clients.Create(handler => handler.ConnectTimeout = TimeSpan.FromMilliseconds(200));
        var error = await Assert.ThrowsAsync<TaskCanceledException>(() => client.GetAsync(new Uri($"https://localhost:{server.Port}")).WithDeadline());
        Assert.IsType<TimeoutException>(error.InnerException);
    }

    [Fact]
    public async Task An_address_of_ipv6_is_a_host()
    {
        await using WebServer server = await WebServer.StartAsync(
            https => https.ServerCertificate = TestAuthority.Default.Issue(addresses: [IPAddress.IPv6Loopback]), address: IPAddress.IPv6Loopback);
        using HttpClient client = Clients.Create();
        Assert.Equal("GET over HTTP/2", await client.GetAsync(new Uri($"https://[::1]:{server.Port}"), "/", HttpVersion.Version20));
    }

    /// <summary>RFC 4007 §11: the zone, 1 for the loopback interface, is this host's affair.</summary>
    [Fact]
    public async Task A_zone_is_no_part_of_what_the_certificate_must_bear()
    {
        await using WebServer server = await WebServer.StartAsync(
            https => https.ServerCertificate = TestAuthority.Default.Issue(addresses: [IPAddress.IPv6Loopback]), address: IPAddress.IPv6Loopback);
        foreach (HttpMessageHandler handler in new HttpMessageHandler[] { Clients.Handler(), new S2nHttpHandler { SslOptions = Clients.SslOptions(), UseProxy = false } })
        {
            using HttpClient client = Clients.Over(handler);
            Assert.Equal("GET over HTTP/2", await client.GetAsync(new Uri($"https://[::1%251]:{server.Port}"), "/", HttpVersion.Version20));
        }
    }

    [Fact]
    public async Task The_host_header_names_the_server_in_the_place_of_the_url()
    {
        string? asked = null;
        await using WebServer server = await WebServer.StartAsync(https =>
        {
            https.ServerCertificate = null;
            https.ServerCertificateSelector = (_, name) =>
            {
                asked = name;
                return TestAuthority.Default.Issue(["virtual.test"], []);
            };
        });
        using HttpClient client = Clients.Create();
        using HttpRequestMessage request = Clients.Get(server.Url, "/", HttpVersion.Version20);
        request.Headers.Host = "virtual.test:443";
        using HttpResponseMessage response = await client.SendAsync(request).WithDeadline();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("virtual.test", asked);

        // And not the other way round: the certificate is not the URL's.
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url, "/", HttpVersion.Version20));
    }

    [Fact]
    public async Task A_redirect_to_https_is_followed_and_one_back_to_http_is_not()
    {
        await using WebServer secure = await WebServer.StartAsync();
        await using WebServer plain = await WebServer.StartAsync(isSecure: false, protocols: Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1);
        using S2nHttpHandler handler = Clients.Handler();
        var streams = handler.NoteStreams();
        using HttpClient client = Clients.Over(handler);

        // http, https, and https again: the last answer is there.
        string end = new Uri(secure.Url, "/").ToString();
        string between = new Uri(secure.Url, $"/redirect?to={Uri.EscapeDataString(end)}").ToString();
        using HttpResponseMessage followed = await client.GetAsync(new Uri(plain.Url, $"/redirect?to={Uri.EscapeDataString(between)}")).WithDeadline();
        Assert.Equal("GET over HTTP/1.1", await followed.Content.ReadAsStringAsync());
        Assert.Equal(end, followed.RequestMessage!.RequestUri!.ToString());
        Assert.Single(streams);

        // http, https, and http: that is where it stays, as with SocketsHttpHandler.
        string back = new Uri(secure.Url, $"/redirect?to={Uri.EscapeDataString(plain.Url.ToString())}").ToString();
        using HttpResponseMessage refused = await client.GetAsync(new Uri(plain.Url, $"/redirect?to={Uri.EscapeDataString(back)}")).WithDeadline();
        Assert.Equal(HttpStatusCode.Redirect, refused.StatusCode);
        Assert.Equal(back, refused.RequestMessage!.RequestUri!.ToString());
    }

    [Fact]
    [Needs("nginx")]
    public async Task Compressed_responses_are_decompressed()
    {
        await using Nginx nginx = await Nginx.StartAsync("gzip on; gzip_types *; gzip_min_length 1;");
        using HttpClient client = Clients.Create(handler =>
        {
            handler.AutomaticDecompression = DecompressionMethods.GZip;
            handler.ConnectCallback = (_, cancellationToken) => nginx.ConnectAsync(cancellationToken);
        });
        string body = await client.GetAsync(new Uri("https://localhost"), "/large", HttpVersion.Version20);
        Assert.Equal(1_000_000, body.Length);
    }
}
