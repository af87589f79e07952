using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using S2nTls.Http.Carrier;
using S2nTls.Http.Connections;

namespace S2nTls.Http.Tests.Connections;

/// <summary>SslStream never makes a connection.</summary>
public class NoSslStreamTests
{
    [Fact]
    public async Task Its_handshakes_as_a_client_are_none_whatever_is_done()
    {
        const string Host = "no-sslstream.test";
        using var handshakes = new Handshakes();
        await using WebServer server = await WebServer.StartAsync(https => https.ServerCertificate = TestAuthority.Default.Issue([Host], []));
        await using var relay = TcpService.RelayTo(server.Port);
        await using var proxy = new ConnectProxy();
        var url = new Uri($"https://{Host}:{server.Port}");

        using S2nHttpHandler handler = Clients.Handler(handler => handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(relay.Port, cancellationToken));
        using HttpClient client = Clients.Over(handler);
        await client.GetAsync(url, "/", HttpVersion.Version11);
        await client.GetAsync(url, "/", HttpVersion.Version20);
        await client.GetAsync(url, "/redirect?to=/", HttpVersion.Version20);
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"wss://{Host}:{server.Port}/ws"), invoker, CancellationToken.None).WithDeadline();

        using HttpClient stranger = Clients.Create(
            handler => handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(relay.Port, cancellationToken), TestContexts.MakeClient(options => options.TrustedRoots = new TestAuthority("another").Roots));
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync(url).WithDeadline());

        Assert.DoesNotContain(Host, handshakes.Hosts);

        // The listener hears of them.
        using HttpClient ordinary = Clients.Over(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = Clients.SslOptions(),
            ConnectCallback = (_, cancellationToken) => ConnectAsync(relay.Port, cancellationToken),
        });
        await ordinary.GetAsync(url).WithDeadline();
        Assert.Contains(Host, handshakes.Hosts);
    }

    [Fact]
    public async Task The_inner_handlers_options_let_none_send_a_byte()
    {
        (Stream clientEnd, Stream serverEnd) = await TcpPair.ConnectAsync();
        SslClientAuthenticationOptions options = RefusingSslOptions.Create();
        options.TargetHost = "localhost";
        await using (var tls = new SslStream(clientEnd))
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => tls.AuthenticateAsClientAsync(options).WithDeadline());
            Assert.Equal(RefusingSslOptions.Message, error.Message);
        }

        Assert.Equal(0, await serverEnd.ReadAsync(new byte[1]).WithDeadline());
        await serverEnd.DisposeAsync();
    }

    [Fact]
    public async Task The_inner_handler_has_these_options()
    {
        await using WebServer server = await WebServer.StartAsync();
        using S2nHttpHandler handler = Clients.Handler();
        using HttpClient client = Clients.Over(handler);
        await client.GetAsync(server.Url).WithDeadline();
        Assert.Throws<InvalidOperationException>(() => handler.Inner.SslOptions.LocalCertificateSelectionCallback!(this, "", [], null, []));
        Assert.False(handler.Inner.SslOptions.RemoteCertificateValidationCallback!(this, null, null, SslPolicyErrors.None));
    }

    [Fact]
    public async Task A_handler_with_these_options_and_without_s2n_fails_and_says_why()
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = Clients.Over(new SocketsHttpHandler { SslOptions = RefusingSslOptions.Create(), UseProxy = false });
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url).WithDeadline());
        Assert.Contains(RefusingSslOptions.Message, error.ToString(), StringComparison.Ordinal);
    }

    private static async ValueTask<Stream> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new DnsEndPoint("localhost", port, AddressFamily.InterNetwork), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>What .NET tells of SslStream's handshakes in the whole process.</summary>
    private sealed class Handshakes : EventListener
    {
        public ConcurrentQueue<string> Hosts { get; } = [];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "System.Net.Security")
            {
                EnableEvents(eventSource, EventLevel.Verbose);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData is { EventName: "HandshakeStart", Payload: [false, string host] })
            {
                Hosts.Enqueue(host);
            }
        }
    }
}
