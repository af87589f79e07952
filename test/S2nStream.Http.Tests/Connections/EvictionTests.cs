using System.Net;

namespace S2nTls.Http.Tests.Connections;

/// <summary>The settings of SocketsHttpHandler that are new in .NET 11; on .NET 10 they are refused.</summary>
public class EvictionTests
{
    [Fact]
    public void Before_NET_11_what_is_new_there_has_its_default_and_is_refused_by_name()
    {
        using var handler = new S2nHttpHandler();
        Assert.Equal(100, handler.InitialHttp2MaxConcurrentStreams);
        Assert.Null(handler.ShouldEvictConnection);
        handler.ShouldEvictConnection = null;
        if (Runtime.IsNet11)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => handler.InitialHttp2MaxConcurrentStreams = 0);
            return;
        }

        var error = Assert.Throws<PlatformNotSupportedException>(() => handler.InitialHttp2MaxConcurrentStreams = 7);
        Assert.Contains("InitialHttp2MaxConcurrentStreams", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<PlatformNotSupportedException>(() => handler.ShouldEvictConnection = (_, _) => Task.FromResult(true));
        Assert.Contains("ShouldEvictConnection", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_connection_that_is_evicted_is_not_used_again(string version)
    {
        await using WebServer server = await WebServer.StartAsync();
        S2nHttpConnectionEvictionContext? asked = null;
        bool evict = false;
        using S2nHttpHandler handler = Clients.Handler(handler =>
        {
            handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30);
            if (Runtime.IsNet11)
            {
                handler.ShouldEvictConnection = (context, _) =>
                {
                    Volatile.Write(ref asked, context);
                    return Task.FromResult(Volatile.Read(ref evict));
                };
            }
        });
        using HttpClient client = Clients.Over(handler);
        string first = await client.GetAsync(server.Url, "/connection", Version.Parse(version));
        if (!Runtime.IsNet11)
        {
            Assert.Equal(first, await client.GetAsync(server.Url, "/connection", Version.Parse(version)));
            return;
        }

        await Eventually.TrueAsync(() => Volatile.Read(ref asked) is not null);
        Assert.Equal(first, await client.GetAsync(server.Url, "/connection", Version.Parse(version)));
        Assert.Equal("localhost", asked!.DnsEndPoint.Host);
        Assert.Equal(server.Url.Port, asked.DnsEndPoint.Port);
        Assert.Equal(server.Url.Port, asked.RemoteEndPoint?.Port);
        Assert.True(IPAddress.IsLoopback(asked.RemoteEndPoint!.Address));
        Assert.Equal(Version.Parse(version), asked.HttpVersion);
        Assert.InRange(asked.Age, TimeSpan.Zero, Deadline.Default);

        using HttpRequestMessage request = Clients.Get(server.Url, "/", Version.Parse(version));
        using HttpResponseMessage response = await client.SendAsync(request).WithDeadline();
        Assert.Equal(asked.ConnectionId, typeof(HttpRequestMessage).GetProperty("ConnectionId")!.GetValue(request)); // .NET 11 says which connection served it

        Volatile.Write(ref evict, true);
        await Eventually.TrueAsync(async () => first != await client.GetAsync(server.Url, "/connection", Version.Parse(version)));
    }
}
