using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace S2nTls.Http.Tests.Requests;

/// <summary>Which version of HTTP is spoken: what SocketsHttpHandler would speak, and never HTTP/3.</summary>
public class VersionTests
{
    [Theory]
    [InlineData(1, HttpVersionPolicy.RequestVersionOrLower, 1)]
    [InlineData(1, HttpVersionPolicy.RequestVersionExact, 1)]
    [InlineData(1, HttpVersionPolicy.RequestVersionOrHigher, 2)]
    [InlineData(2, HttpVersionPolicy.RequestVersionOrLower, 2)]
    [InlineData(2, HttpVersionPolicy.RequestVersionExact, 2)]
    [InlineData(2, HttpVersionPolicy.RequestVersionOrHigher, 2)]
    [InlineData(3, HttpVersionPolicy.RequestVersionOrLower, 2)]
    public async Task A_server_that_speaks_both_is_spoken_to_as_the_request_wants_it(int version, HttpVersionPolicy policy, int spoken)
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = Clients.Create();
        Assert.Equal($"GET over HTTP/{(spoken == 1 ? "1.1" : "2")}", await client.GetAsync(server.Url, "/", Numbered(version), policy));
    }

    [Theory]
    [InlineData(1, HttpVersionPolicy.RequestVersionOrHigher)]
    [InlineData(2, HttpVersionPolicy.RequestVersionOrLower)]
    public async Task A_server_of_http_1_1_only_is_spoken_to_in_it_from_the_first_connection_on(int version, HttpVersionPolicy policy)
    {
        await using WebServer server = await WebServer.StartAsync(protocols: HttpProtocols.Http1);
        using S2nHttpHandler handler = Clients.Handler();
        var streams = handler.NoteStreams();
        using HttpClient client = Clients.Over(handler);
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetAsync(server.Url, "/", Numbered(version), policy)));
        Assert.All(answers, answer => Assert.Equal("GET over HTTP/1.1", answer));
        Assert.All(streams, stream => Assert.Equal(SslApplicationProtocol.Http11, stream.NegotiatedApplicationProtocol));
    }

    [Fact]
    public async Task A_server_that_has_only_h2_in_its_alpn_refuses_a_request_of_http_1_1_that_SocketsHttpHandler_gets_through()
    {
        // It speaks HTTP/1.1 all the same, to clients that say nothing of what they speak.
        await using WebServer server = await WebServer.StartAsync(https => https.OnAuthenticate = (_, options) => options.ApplicationProtocols = [SslApplicationProtocol.Http2]);
        using HttpClient theirs = Clients.Over(new SocketsHttpHandler { UseProxy = false, SslOptions = Clients.SslOptions() });
        Assert.Equal("GET over HTTP/1.1", await theirs.GetAsync(server.Url, "/", HttpVersion.Version11));
        using HttpClient ours = Clients.Create();
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => ours.GetAsync(server.Url, "/", HttpVersion.Version11));
        Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);
        Assert.Equal(TlsAlert.NoApplicationProtocol, Assert.IsType<S2nException>(error.InnerException?.InnerException).Alert);
        Assert.Equal("GET over HTTP/2", await ours.GetAsync(server.Url, "/", HttpVersion.Version20));
    }

    [Fact]
    public async Task A_server_that_refuses_http_2_is_not_offered_it_again_when_the_pool_has_forgotten()
    {
        // The server changes its mind. What the pool takes for HTTP/1.1 must not become HTTP/2 under its hands.
        var protocols = new List<SslApplicationProtocol> { SslApplicationProtocol.Http11 };
        await using WebServer server = await WebServer.StartAsync(https => https.OnAuthenticate = (_, options) => options.ApplicationProtocols = [.. protocols]);
        using HttpClient client = Clients.Create(handler => handler.PooledConnectionLifetime = TimeSpan.Zero); // a connection for each
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("GET over HTTP/1.1", await client.GetAsync(server.Url, "/", HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower));
            protocols.Insert(0, SslApplicationProtocol.Http2);
        }
    }

    [Fact]
    public async Task A_server_without_alpn_is_spoken_to_in_http_1_1()
    {
        await using WebServer server = await WebServer.StartAsync(https => https.OnAuthenticate = (_, options) => options.ApplicationProtocols = null, HttpProtocols.Http1);
        using S2nHttpHandler handler = Clients.Handler();
        var streams = handler.NoteStreams();
        using HttpClient client = Clients.Over(handler);
        Assert.Equal("GET over HTTP/1.1", await client.GetAsync(server.Url, "/", HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower));
        Assert.Equal(default, Assert.Single(streams).NegotiatedApplicationProtocol);
    }

    [Fact]
    public async Task Http_2_and_nothing_else_fails_where_the_server_has_not_got_it()
    {
        await using WebServer server = await WebServer.StartAsync(protocols: HttpProtocols.Http1);
        using HttpClient client = Clients.Create();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url, "/", HttpVersion.Version20));
    }

    [Theory]
    [InlineData(HttpVersionPolicy.RequestVersionExact)]
    [InlineData(HttpVersionPolicy.RequestVersionOrHigher)]
    public async Task Http_3_and_nothing_below_is_refused(HttpVersionPolicy policy)
    {
        using HttpClient client = Clients.Create();
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://localhost"), "/", HttpVersion.Version30, policy));
        Assert.Equal(HttpRequestError.VersionNegotiationError, error.HttpRequestError);
    }

    [Fact]
    public async Task A_servers_hint_of_http_3_is_not_followed()
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = Clients.Create();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("HTTP/2", await client.GetAsync(server.Url, "/hint-of-3", HttpVersion.Version11, HttpVersionPolicy.RequestVersionOrHigher));
        }
    }

    [Theory]
    [InlineData(1, HttpVersionPolicy.RequestVersionOrHigher, HttpProtocols.Http1)]
    [InlineData(2, HttpVersionPolicy.RequestVersionOrLower, HttpProtocols.Http1)]
    [InlineData(2, HttpVersionPolicy.RequestVersionExact, HttpProtocols.Http2)]
    [InlineData(2, HttpVersionPolicy.RequestVersionOrHigher, HttpProtocols.Http2)]
    public async Task Http_without_s_is_what_it_always_was(int version, HttpVersionPolicy policy, HttpProtocols protocols)
    {
        await using WebServer server = await WebServer.StartAsync(protocols: protocols, isSecure: false);
        using S2nHttpHandler handler = Clients.Handler();
        var streams = handler.NoteStreams();
        using HttpClient client = Clients.Over(handler);
        Assert.StartsWith("GET over HTTP/", await client.GetAsync(server.Url, "/", Numbered(version), policy), StringComparison.Ordinal);
        Assert.Empty(streams);
    }

    private static Version Numbered(int version) => version == 1 ? HttpVersion.Version11 : new Version(version, 0);
}
