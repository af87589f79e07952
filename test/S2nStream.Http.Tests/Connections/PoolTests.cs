using System.Net;
using System.Net.Sockets;

namespace S2nTls.Http.Tests.Connections;

public class PoolTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_connection_is_used_again(string version)
    {
        await using WebServer server = await WebServer.StartAsync();
        using S2nHttpHandler handler = Clients.Handler();
        var streams = handler.NoteStreams();
        using HttpClient client = Clients.Over(handler);
        string first = await client.GetAsync(server.Url, "/connection", Version.Parse(version));
        Assert.Equal(first, await client.GetAsync(server.Url, "/connection", Version.Parse(version)));
        Assert.Single(streams);
    }

    [Fact]
    public async Task There_are_no_more_connections_than_are_allowed()
    {
        await using WebServer server = await WebServer.StartAsync();
        using S2nHttpHandler handler = Clients.Handler(handler => handler.MaxConnectionsPerServer = 3);
        var streams = handler.NoteStreams();
        using HttpClient client = Clients.Over(handler);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => client.GetAsync(server.Url, "/", HttpVersion.Version11)));
        Assert.InRange(streams.Count, 1, 3);
    }

    [Fact]
    public async Task A_connection_past_its_lifetime_is_replaced()
    {
        await using WebServer server = await WebServer.StartAsync();
        using S2nHttpHandler handler = Clients.Handler(handler => handler.PooledConnectionLifetime = TimeSpan.Zero);
        var streams = handler.NoteStreams();
        using HttpClient client = Clients.Over(handler);
        string first = await client.GetAsync(server.Url, "/connection", HttpVersion.Version11);
        Assert.NotEqual(first, await client.GetAsync(server.Url, "/connection", HttpVersion.Version11));
        Assert.Equal(2, streams.Count);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Connections_that_are_cut_while_they_rest_are_replaced_and_no_request_notices(string version)
    {
        await using WebServer server = await WebServer.StartAsync();
        await using var relay = TcpService.RelayTo(server.Port);
        var url = new Uri($"https://localhost:{relay.Port}");
        Socket? socket = null;
        using S2nHttpHandler handler = Clients.Handler(handler => handler.ConnectCallback = async (context, cancellationToken) =>
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        });
        var streams = handler.NoteStreams();
        using HttpClient client = Clients.Over(handler);
        for (int i = 0; i < 5; i++)
        {
            Assert.StartsWith("GET", await client.GetAsync(url, "/", Version.Parse(version)), StringComparison.Ordinal);
            relay.Cut();

            // That it is cut must have arrived, and where somebody always reads, with HTTP/2, have been read: a request that is under way by then may fail.
            await Eventually.TrueAsync(() => version == "2.0" ? !streams.Last().IsAuthenticated : socket!.Poll(0, SelectMode.SelectRead));
        }

        Assert.Equal(5, relay.Connections);
    }

    [Fact]
    public async Task Disposing_the_handler_says_goodbye_on_its_connections()
    {
        var ended = new TaskCompletionSource<bool>();
        await using var server = new TcpService(async connection =>
        {
            await using var tls = new S2nStream(connection);
            await tls.AuthenticateAsServerAsync(TestContexts.Server);
            byte[] buffer = new byte[4096];
            await tls.ReadAsync(buffer);
            await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            try
            {
                ended.SetResult(await tls.ReadAsync(buffer) == 0);
            }
            catch (Exception e)
            {
                ended.SetException(e);
            }
        });
        HttpClient client = Clients.Create();
        await client.GetAsync(new Uri($"https://localhost:{server.Port}")).WithDeadline();
        client.Dispose();
        Assert.True(await ended.Task.WithDeadline()); // close_notify: a connection that is only cut would throw
    }

    [Fact]
    public async Task A_disposed_handler_sends_nothing()
    {
        S2nHttpHandler handler = Clients.Handler();
        handler.Dispose();
        using var invoker = new HttpMessageInvoker(handler);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => invoker.SendAsync(new HttpRequestMessage(HttpMethod.Get, "https://localhost"), CancellationToken.None));
    }
}
