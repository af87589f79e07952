using System.Security.Authentication;

namespace S2nTls.Tests.Sessions;

/// <summary>Forward secrecy of resumed sessions, how many tickets there are, and how long they are good.</summary>
public class TicketRulesTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, true, false)]
    [InlineData(SslProtocols.Tls12, false, true)]
    [InlineData(SslProtocols.Tls13, true, true)]
    public async Task Where_either_side_requires_forward_secrecy_only_TLS_1_3_is_resumed(SslProtocols protocol, bool isServers, bool isClients)
    {
        using S2nContext client = Client(protocol, options => options.RequireTicketForwardSecrecy = isClients);
        using S2nContext server = Server(protocol, options => options.RequireTicketForwardSecrecy = isServers);
        await ConnectAsync(client, server);
        Assert.Equal(protocol == SslProtocols.Tls13, await ConnectAsync(client, server));
    }

    [Fact]
    public async Task A_resumption_of_TLS_1_3_makes_new_keys()
    {
        using S2nContext client = Client(SslProtocols.Tls13), server = Server(SslProtocols.Tls13);
        await ConnectAsync(client, server);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.True(pair.Client.IsSessionResumed);
        Assert.NotNull(pair.Client.KeyExchangeGroup); // psk_dhe_ke
        Assert.Null(pair.Client.SignatureScheme); // and nothing was signed
        Assert.Null(pair.Server.SignatureScheme);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_client_gets_as_many_tickets_as_the_server_is_told_to_give(int count)
    {
        var cache = new CountingCache();
        using S2nContext client = Client(SslProtocols.Tls13, options => options.SessionCache = cache);
        using S2nContext server = Server(SslProtocols.Tls13, options => options.SessionTicketCount = count);
        await ConnectAsync(client, server);
        Assert.Equal(count, cache.Sessions.Count);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_session_expires_when_the_server_says(SslProtocols protocol)
    {
        var cache = new CountingCache();
        using S2nContext client = Client(protocol, options => options.SessionCache = cache);
        using S2nContext server = Server(protocol, options => options.SessionLifetime = TimeSpan.FromMinutes(90));
        await ConnectAsync(client, server);
        Assert.InRange(cache.Sessions[0].ExpiresAt - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(85), TimeSpan.FromMinutes(90));
    }

    [Fact]
    public void What_is_out_of_range_is_refused()
    {
        foreach (int count in (int[])[0, -1, 256])
        {
            Assert.Throws<ArgumentOutOfRangeException>("SessionTicketCount", () => Server(SslProtocols.Tls13, options => options.SessionTicketCount = count));
        }

        foreach (TimeSpan lifetime in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromSeconds(-1), TimeSpan.FromDays(7.1)])
        {
            Assert.Throws<ArgumentOutOfRangeException>("SessionLifetime", () => Server(SslProtocols.Tls13, options => options.SessionLifetime = lifetime));
        }
    }

    private static S2nContext Client(SslProtocols protocol, Action<S2nClientOptions>? configure = null) => TestContexts.MakeClient(options =>
    {
        options.AllowTlsResume = true;
        options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
        configure?.Invoke(options);
    });

    private static S2nContext Server(SslProtocols protocol, Action<S2nServerOptions>? configure = null) => TestContexts.MakeServer(options =>
    {
        options.AllowTlsResume = true;
        options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
        configure?.Invoke(options);
    });

    private static async Task<bool> ConnectAsync(S2nContext client, S2nContext server)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await pair.Server.WriteAsync("hello"u8.ToArray()).WithDeadline();
        await pair.Client.ReadExactlyAsync(new byte[5]).WithDeadline();
        return pair.Client.IsSessionResumed;
    }

    private sealed class CountingCache : S2nSessionCache
    {
        public List<S2nSession> Sessions { get; } = [];

        public override ValueTask AddAsync(S2nSession session)
        {
            Sessions.Add(session);
            return default;
        }

        public override ValueTask<S2nSession?> TakeAsync(S2nSessionOrigin origin, CancellationToken cancellationToken) => default;
    }
}
