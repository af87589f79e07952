using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using S2nTls.Translation;

namespace S2nTls.Tests.Sessions;

/// <summary>Servers of one name that do not know each other's sessions, and servers that refuse what they cannot resume.</summary>
public class ServersInTurnTests
{
    private const int SessionTicket = 35;

    [Theory]
    [InlineData(SslProtocols.Tls12, 2, false)]
    [InlineData(SslProtocols.Tls13, 3, false)]
    [InlineData(SslProtocols.Tls12, 2, true)]
    [InlineData(SslProtocols.Tls13, 3, true)]
    public async Task Servers_of_one_name_on_different_ports_are_all_resumed(SslProtocols protocol, int servers, bool withOptions)
    {
        using S2nContext client = Client(protocol);
        var listening = new List<Server>();
        try
        {
            for (int i = 0; i < servers; i++)
            {
                listening.Add(Server.Start(protocol));
            }

            var resumed = new List<bool>();
            for (int round = 0; round < 7; round++)
            {
                foreach (Server server in listening)
                {
                    resumed.Add(await server.ConnectAsync(stream => withOptions
                        ? stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
                        {
                            TargetHost = "localhost",
                            CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
                            EnabledSslProtocols = protocol,
                        })
                        : stream.AuthenticateAsClientAsync(client, "localhost")));
                }
            }

            Assert.DoesNotContain(true, resumed.Take(servers));
            Assert.DoesNotContain(false, resumed.Skip(servers));
        }
        finally
        {
            listening.ForEach(server => server.Dispose());
        }
    }

    [Theory, InlineData(SslProtocols.Tls12), InlineData(SslProtocols.Tls13)]
    public async Task A_server_that_refuses_a_resumption_by_a_fatal_alert_costs_one_connection(SslProtocols protocol)
    {
        var cache = new S2nMemorySessionCache(sessionsPerServer: 10);
        using S2nContext client = Client(protocol, options => options.SessionCache = cache), server = Server.Context(protocol);
        for (int i = 0; i < 3; i++)
        {
            Assert.Null(await TalkAsync(client, server)); // each issues sessions
        }

        Assert.NotNull(await TalkAsync(client, server, refuses: true));
        Assert.Null(await TalkAsync(client, server, refuses: true)); // nothing is left to be offered
        Assert.NotNull(await TalkAsync(client, server, refuses: true)); // but what that one has issued
    }

    [Fact]
    public async Task A_failure_drops_that_servers_sessions_only()
    {
        var cache = new S2nMemorySessionCache();
        using S2nContext client = Client(SslProtocols.Tls13, options => options.SessionCache = cache), server = Server.Context(SslProtocols.Tls13);
        Assert.Null(await TalkAsync(client, server, port: 1));
        Assert.Null(await TalkAsync(client, server, port: 2));
        Assert.NotNull(await TalkAsync(client, server, refuses: true, port: 1));
        Assert.Null(cache.Take(new S2nSessionOrigin("localhost", 1)));
        Assert.NotNull(cache.Take(new S2nSessionOrigin("localhost", 2)));
    }

    [Fact]
    public async Task A_handshake_that_offered_none_drops_none_nor_does_one_that_the_caller_cancels()
    {
        var cache = new RemovingCache();
        using S2nContext client = Client(SslProtocols.Tls13, options => options.SessionCache = cache), server = Server.Context(SslProtocols.Tls13);
        using S2nContext stranger = TestContexts.MakeServer(options => options.SecurityPolicy = new S2nSecurityPolicy("20240331"));
        Assert.NotNull(await TalkAsync(client, server, refusesAll: true));
        Assert.Empty(cache.Removed);

        Assert.Null(await TalkAsync(client, server));
        Assert.NotNull(cache.Session);
        using var cancellation = new CancellationTokenSource();
        (Stream inner, _) = DuplexPipe.CreateStreams();
        await using (var stream = new S2nStream(inner))
        {
            Task handshake = stream.AuthenticateAsClientAsync(client, "localhost", cancellation.Token);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake.WithDeadline());
        }

        Assert.Empty(cache.Removed);
        Assert.Null(await TalkAsync(client, server));
        Assert.NotNull(await TalkAsync(client, server, refuses: true));
        Assert.Equal([new S2nSessionOrigin("localhost", 443)], cache.Removed);
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(null, "0", false)]
    [InlineData(null, "1", true)]
    [InlineData(null, "True", true)]
    [InlineData(null, "yes", false)]
    [InlineData(false, "1", false)]
    [InlineData(true, null, true)]
    public void The_runtimes_switch_is_read_as_the_runtime_reads_it(bool? appContext, string? variable, bool isOff) =>
        Assert.Equal(isOff, ResumptionSwitch.Read(appContext, variable));

    private static S2nContext Client(SslProtocols protocol, Action<S2nClientOptions>? configure = null) => TestContexts.MakeClient(options =>
    {
        options.AllowTlsResume = true;
        options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
        configure?.Invoke(options);
    });

    /// <summary>A handshake, and a word from the server, with which tickets come.</summary>
    /// <returns>Why it failed; null where it did not.</returns>
    private static async Task<Exception?> TalkAsync(S2nContext client, S2nContext server, bool refuses = false, bool refusesAll = false, int port = 443)
    {
        (Stream inner, Stream peer) = DuplexPipe.CreateStreams();
        await using var clientSide = new S2nStream(inner);
        await using var serverSide = new S2nStream(peer);
        Task<Exception?> serving = Record.ExceptionAsync(() => serverSide.AuthenticateAsServerAsync((_, hello, _) =>
            refusesAll || (refuses && Offers(hello)) ? throw new S2nClientRefusedException(TlsAlert.InternalError) : new(server)));
        Exception? error = await Record.ExceptionAsync(() => clientSide.AuthenticateAsClientAsync(
            client, new S2nClientConnectionOptions { TargetHost = "localhost", TargetPort = port }).WithDeadline());
        await serving.WithDeadline();
        if (error is null)
        {
            await serverSide.WriteAsync("word"u8.ToArray()).WithDeadline();
            await clientSide.ReadExactlyAsync(new byte[4]).WithDeadline();
        }

        return error;
    }

    private static bool Offers(S2nClientHello hello) =>
        hello.TryGetExtension(41, out _) || (hello.TryGetExtension(SessionTicket, out ReadOnlyMemory<byte> ticket) && !ticket.IsEmpty);

    /// <summary>A server that listens on a port of its own, with ticket keys of its own.</summary>
    private sealed class Server(S2nContext context, TcpListener listener) : IDisposable
    {
        public static Server Start(SslProtocols protocol)
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return new Server(Context(protocol), listener);
        }

        public static S2nContext Context(SslProtocols protocol) => TestContexts.MakeServer(options =>
        {
            options.AllowTlsResume = true;
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
        });

        /// <returns>Whether the session was resumed.</returns>
        public async Task<bool> ConnectAsync(Func<S2nStream, Task> authenticate)
        {
            using var tcp = new TcpClient();
            ValueTask connecting = tcp.ConnectAsync((IPEndPoint)listener.LocalEndpoint, CancellationToken.None);
            using TcpClient accepted = await listener.AcceptTcpClientAsync().WithDeadline();
            await connecting.WithDeadline();
            await using var client = new S2nStream(tcp.GetStream());
            await using var server = new S2nStream(accepted.GetStream());
            await Task.WhenAll(authenticate(client), server.AuthenticateAsServerAsync(context)).WithDeadline();
            await server.WriteAsync("word"u8.ToArray()).WithDeadline();
            await client.ReadExactlyAsync(new byte[4]).WithDeadline();
            return client.IsSessionResumed;
        }

        public void Dispose()
        {
            listener.Stop();
            context.Dispose();
        }
    }

    private sealed class RemovingCache : S2nSessionCache
    {
        public S2nSession? Session { get; private set; }

        public List<S2nSessionOrigin> Removed { get; } = [];

        public override ValueTask AddAsync(S2nSession session)
        {
            Session = session;
            return default;
        }

        public override ValueTask<S2nSession?> TakeAsync(S2nSessionOrigin origin, CancellationToken cancellationToken)
        {
            S2nSession? session = Session;
            Session = null;
            return new(session);
        }

        public override ValueTask RemoveAsync(S2nSessionOrigin origin)
        {
            Removed.Add(origin);
            return default;
        }
    }
}
