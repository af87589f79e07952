using System.Net;
using System.Net.Sockets;

namespace S2nTls.Http.Tests.Connections;

public class ResumptionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_later_connection_resumes_the_session_of_an_earlier_one(bool overContext)
    {
        // Of its own: handshakes with SslStream's options share their sessions in the whole process.
        string host = $"resumption-{overContext}.test".ToLowerInvariant();
        await using WebServer server = await WebServer.StartAsync(https => https.ServerCertificate = TestAuthority.Default.Issue([host], []));
        using S2nContext context = TestContexts.MakeClient(options => options.AllowTlsResume = true);
        using S2nHttpHandler handler = overContext ? new S2nHttpHandler(context) : new S2nHttpHandler { SslOptions = Clients.SslOptions() };
        handler.UseProxy = false;
        handler.PooledConnectionLifetime = TimeSpan.Zero; // a connection for each request
        handler.ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        };
        var resumed = new List<bool>();
        handler.Connected = (_, stream) => resumed.Add(stream.IsSessionResumed);
        using HttpClient client = Clients.Over(handler);
        for (int i = 0; i < 3; i++)
        {
            await client.GetAsync(new Uri($"https://{host}"), "/", HttpVersion.Version11);
        }

        Assert.Equal([false, true, true], resumed);
    }

    [Fact]
    public async Task Handlers_over_one_context_and_both_versions_share_its_sessions()
    {
        await using WebServer server = await WebServer.StartAsync();
        using S2nContext context = TestContexts.MakeClient(options => options.AllowTlsResume = true);
        var resumed = new List<bool>();
        foreach (Version version in new[] { HttpVersion.Version11, HttpVersion.Version20, HttpVersion.Version11 })
        {
            using HttpClient client = Clients.Create(handler => handler.Connected = (_, stream) => resumed.Add(stream.IsSessionResumed), context);
            await client.GetAsync(server.Url, "/", version);
        }

        Assert.Equal([false, true, true], resumed);
    }

    [Fact]
    public async Task Without_it_every_handshake_is_a_full_one()
    {
        await using WebServer server = await WebServer.StartAsync();
        var resumed = new List<bool>();
        using HttpClient client = Clients.Create(handler =>
        {
            handler.PooledConnectionLifetime = TimeSpan.Zero;
            handler.Connected = (_, stream) => resumed.Add(stream.IsSessionResumed);
        });
        await client.GetAsync(server.Url, "/", HttpVersion.Version11);
        await client.GetAsync(server.Url, "/", HttpVersion.Version11);
        Assert.Equal([false, false], resumed);
    }
}
