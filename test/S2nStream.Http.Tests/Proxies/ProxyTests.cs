using System.Net;
using System.Net.Sockets;
using Nito.AsyncEx;

namespace S2nTls.Http.Tests.Proxies;

public class ProxyTests
{
    private const string Credentials = "me:secret";

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Https_goes_through_a_tunnel(string version)
    {
        await using WebServer server = await WebServer.StartAsync();
        await using var proxy = new ConnectProxy();
        using S2nHttpHandler handler = Handler(proxy.Url);
        var streams = handler.NoteStreams();
        using HttpClient client = Clients.Over(handler);
        client.DefaultRequestHeaders.UserAgent.ParseAdd("tester/1.0");
        Assert.Equal("tester/1.0", await client.GetAsync(server.Url, "/user-agent", Version.Parse(version)));
        Assert.Equal("tester/1.0", await client.GetAsync(server.Url, "/user-agent", Version.Parse(version)));
        string head = Assert.Single(proxy.Requests);
        Assert.StartsWith($"CONNECT localhost:{server.Port} HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.Contains($"\r\nHost: localhost:{server.Port}\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nUser-Agent: tester/1.0\r\n", head, StringComparison.Ordinal);
        Assert.Single(streams);
    }

    [Fact]
    public async Task A_hundred_megabytes_go_through_a_tunnel()
    {
        await using WebServer server = await WebServer.StartAsync();
        await using var proxy = new ConnectProxy();
        using HttpClient client = Clients.Over(Handler(proxy.Url));
        var data = new RandomData(100_000_000);
        Digest expected = await data.WriteToAsync(Stream.Null);
        await using Stream body = await client.GetStreamAsync(new Uri(server.Url, $"/data/{data.Length}/{data.Seed}")).WithDeadline();
        Assert.True(expected == await Digest.ReadAsync(body).WithDeadline(TimeSpan.FromMinutes(2)), $"{data}");
    }

    [Theory]
    [InlineData("Basic", false)]
    [InlineData("Basic", true)]
    [InlineData("Digest", false)]
    public async Task A_proxy_that_asks_who_is_there_is_told(string scheme, bool byDefault)
    {
        await using WebServer server = await WebServer.StartAsync();
        await using var proxy = new ConnectProxy(new ProxyAuthentication(Credentials, scheme));
        var credentials = new NetworkCredential("me", "secret");
        using S2nHttpHandler handler = Handler(proxy.Url, byDefault ? null : credentials);
        handler.DefaultProxyCredentials = byDefault ? credentials : null;
        using HttpClient client = Clients.Over(handler);
        Assert.Equal("GET over HTTP/2", await client.GetAsync(server.Url, "/", HttpVersion.Version20));
        Assert.Equal(2, proxy.Requests.Count); // 407, and again
    }

    [Fact]
    public async Task A_proxy_that_is_not_told_who_is_there_refuses()
    {
        await using var proxy = new ConnectProxy(new ProxyAuthentication(Credentials));
        foreach (ICredentials? credentials in new[] { null, new NetworkCredential("me", "wrong") })
        {
            using HttpClient client = Clients.Over(Handler(proxy.Url, credentials));
            var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://localhost")).WithDeadline());
            Assert.Equal(HttpRequestError.ProxyTunnelError, error.HttpRequestError);
            Assert.Equal(HttpStatusCode.ProxyAuthenticationRequired, error.StatusCode);
        }
    }

    /// <summary>Whatever a proxy does wrong, the exception is that of SocketsHttpHandler.</summary>
    [Theory]
    [InlineData("403 No")]
    [InlineData("502 Nobody there")]
    [InlineData("nonsense")]
    public async Task A_proxy_that_refuses_is_told_of_as_SocketsHttpHandler_tells_of_it(string answer)
    {
        await using var proxy = new ConnectProxy(answer: answer);
        HttpRequestException expected = await FailAsync(new SocketsHttpHandler { Proxy = new WebProxy(proxy.Url) });
        HttpRequestException actual = await FailAsync(Handler(proxy.Url));
        Assert.Equal((expected.HttpRequestError, expected.StatusCode), (actual.HttpRequestError, actual.StatusCode));
    }

    [Fact]
    public async Task A_proxy_that_is_not_there_is_told_of_as_SocketsHttpHandler_tells_of_it()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // taken, and not listened on
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}");
        HttpRequestException expected = await FailAsync(new SocketsHttpHandler { Proxy = new WebProxy(url) });
        HttpRequestException actual = await FailAsync(Handler(url));
        Assert.Equal(expected.HttpRequestError, actual.HttpRequestError);
        Assert.Equal(expected.InnerException!.GetType(), actual.InnerException!.GetType());
    }

    [Fact]
    public async Task A_proxy_of_an_unknown_kind_is_told_of()
    {
        HttpRequestException error = await FailAsync(Handler(new Uri("ftp://localhost")));
        Assert.Equal(HttpRequestError.ConnectionError, error.HttpRequestError);
        Assert.IsType<NotSupportedException>(error.InnerException);
    }

    [Fact]
    public async Task A_bad_certificate_at_the_end_of_a_tunnel_is_a_secure_connection_error()
    {
        await using WebServer server = await WebServer.StartAsync(https => https.ServerCertificate = new TestAuthority("another").Issue());
        await using var proxy = new ConnectProxy();
        using HttpClient client = Clients.Over(Handler(proxy.Url));
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url).WithDeadline());
        Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);
        Assert.IsType<System.Security.Authentication.AuthenticationException>(error.InnerException);
    }

    [Fact]
    public async Task Http_is_the_proxys_to_fetch()
    {
        await using var proxy = new ConnectProxy(new ProxyAuthentication(Credentials));
        using HttpClient client = Clients.Over(Handler(proxy.Url, new NetworkCredential("me", "secret")));
        Assert.Equal("the proxy's own", await client.GetStringAsync(new Uri("http://example.test/page")).WithDeadline());
        Assert.Equal("GET http://example.test/page HTTP/1.1", proxy.RequestLines.Last());
    }

    [Fact]
    public async Task What_the_proxy_says_to_bypass_goes_straight()
    {
        await using WebServer server = await WebServer.StartAsync();
        await using var proxy = new ConnectProxy();
        using S2nHttpHandler handler = Handler(proxy.Url);
        ((WebProxy)handler.Proxy!).BypassList = ["localhost"];
        using HttpClient client = Clients.Over(handler);
        Assert.Equal("GET over HTTP/2", await client.GetAsync(server.Url, "/", HttpVersion.Version20));
        Assert.Empty(proxy.Requests);
    }

    [Fact]
    public async Task A_proxy_behind_tls_is_reached_through_s2n_for_https_and_http()
    {
        await using WebServer server = await WebServer.StartAsync();
        await using var proxy = new ConnectProxy(new ProxyAuthentication(Credentials), TestAuthority.Localhost);
        var credentials = new CredentialCache { { proxy.Url, "Basic", new NetworkCredential("me", "secret") } };
        using S2nHttpHandler handler = Handler(proxy.Url, credentials);
        using HttpClient client = Clients.Over(handler);
        Assert.Equal("GET over HTTP/2", await client.GetAsync(server.Url, "/", HttpVersion.Version20));
        Assert.Equal("the proxy's own", await client.GetStringAsync(new Uri("http://example.test/page")).WithDeadline());
        Assert.Equal(4, proxy.Requests.Count);
    }

    [Fact]
    public async Task A_proxy_behind_tls_that_is_not_trusted_is_sent_no_request()
    {
        await using var proxy = new ConnectProxy(certificate: new TestAuthority("another").Issue());
        HttpRequestException error = await FailAsync(Handler(proxy.Url));
        Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);
        Assert.Empty(proxy.Requests);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Https_goes_through_a_socks_proxy(string version)
    {
        await using WebServer server = await WebServer.StartAsync();
        await using var proxy = new SocksProxy();
        using HttpClient client = Clients.Over(Handler(proxy.Url));
        Assert.Contains("GET over", await client.GetAsync(server.Url, "/", Version.Parse(version)), StringComparison.Ordinal);
        Assert.Contains("GET over", await client.GetAsync(server.Url, "/", Version.Parse(version)), StringComparison.Ordinal);
        Assert.Equal(1, proxy.Tunnels);
    }

    [Fact]
    public async Task A_socks_proxy_that_refuses_is_told_of_as_SocketsHttpHandler_tells_of_it()
    {
        await using var proxy = new SocksProxy(refuses: true);
        HttpRequestException expected = await FailAsync(new SocketsHttpHandler { Proxy = new WebProxy(proxy.Url) });
        HttpRequestException actual = await FailAsync(Handler(proxy.Url));
        Assert.Equal(expected.HttpRequestError, actual.HttpRequestError);
    }

    [Fact]
    public async Task A_socks_proxy_that_answers_too_late_keeps_no_connection()
    {
        await using var server = new TcpService(client => client.CopyToAsync(Stream.Null)); // it ends no connection
        var answers = new AsyncManualResetEvent();
        await using var proxy = new SocksProxy(answers: answers.WaitAsync());
        using S2nHttpHandler handler = Handler(proxy.Url);
        handler.ConnectTimeout = TimeSpan.FromMilliseconds(200);
        using HttpClient client = Clients.Over(handler);
        await Assert.ThrowsAsync<TaskCanceledException>(() => client.GetAsync(new Uri($"https://localhost:{server.Port}")).WithDeadline());
        Assert.Equal(1, proxy.Clients);
        answers.Set();
        using var limit = new CancellationTokenSource(Deadline.Default);
        while (proxy.Clients > 0)
        {
            await Task.Delay(5, limit.Token);
        }
    }

    [Fact]
    public async Task For_http_the_proxy_is_asked_for_once_a_request()
    {
        await using var one = new ConnectProxy();
        await using var other = new ConnectProxy(certificate: TestAuthority.Localhost);
        using HttpClient client = Clients.Create(handler =>
        {
            handler.UseProxy = true;
            handler.Proxy = new InTurn(one.Url, other.Url);
        });
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal("the proxy's own", await client.GetStringAsync(new Uri("http://example.test")).WithDeadline());
        }

        Assert.Equal((2, 2), (one.Requests.Count, other.Requests.Count));
    }

    [Fact]
    public async Task For_https_the_proxy_is_asked_for_once_a_connection()
    {
        await using WebServer server = await WebServer.StartAsync();
        await using var one = new ConnectProxy();
        await using var other = new ConnectProxy(certificate: TestAuthority.Localhost);
        using HttpClient client = Clients.Create(handler =>
        {
            handler.UseProxy = true;
            handler.Proxy = new InTurn(one.Url, other.Url);
            handler.PooledConnectionLifetime = TimeSpan.Zero; // a connection for each
        });
        for (int i = 0; i < 4; i++)
        {
            await client.GetAsync(server.Url, "/", HttpVersion.Version11);
        }

        Assert.Equal((2, 2), (one.Requests.Count, other.Requests.Count));
    }

    [Fact]
    public async Task Credentials_that_are_kept_for_https_are_not_sent_to_a_proxy_without_tls()
    {
        await using var proxy = new ConnectProxy(new ProxyAuthentication(Credentials));
        var credentials = new CredentialCache { { new UriBuilder(proxy.Url) { Scheme = Uri.UriSchemeHttps }.Uri, "Basic", new NetworkCredential("me", "secret") } };
        using HttpClient client = Clients.Over(Handler(proxy.Url, credentials));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://localhost")).WithDeadline());
        using HttpResponseMessage response = await client.GetAsync(new Uri("http://localhost")).WithDeadline();
        Assert.Equal(HttpStatusCode.ProxyAuthenticationRequired, response.StatusCode);
        Assert.All(proxy.Requests, head => Assert.DoesNotContain("Proxy-Authorization", head, StringComparison.OrdinalIgnoreCase));
    }

    private static S2nHttpHandler Handler(Uri proxy, ICredentials? credentials = null) => Clients.Handler(handler =>
    {
        handler.UseProxy = true;
        handler.Proxy = new WebProxy(proxy) { Credentials = credentials };
    });

    private static async Task<HttpRequestException> FailAsync(HttpMessageHandler handler)
    {
        using HttpClient client = Clients.Over(handler);
        return await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://localhost:1")).WithDeadline());
    }

    /// <summary>Another each time that it is asked.</summary>
    private sealed class InTurn(params Uri[] proxies) : IWebProxy
    {
        private int _asked;

        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => proxies[_asked++ % proxies.Length];

        public bool IsBypassed(Uri host) => false;
    }
}
