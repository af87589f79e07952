using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.Tests.Sessions;

/// <summary>A ring over a scripted provider and a clock that a test moves, with servers that use it. s2n's own clock is the system's.</summary>
internal sealed class RingServer : IDisposable
{
    private readonly List<S2nContext> _servers = [];
    private readonly List<Exception> _told = [];

    /// <param name="behind">How far the ring's clock is behind the system's, and so behind s2n's: to s2n the ring's keys are as much older.</param>
    /// <param name="protocol">What the servers and clients speak.</param>
    /// <param name="random">Spreads the moments of asking.</param>
    public RingServer(TimeSpan behind = default, SslProtocols protocol = SslProtocols.Tls13, double random = 0)
    {
        Protocol = protocol;
        // Never at the edge of a period, so that a test knows which one it is in.
        Clock = new ManualClock(DateTimeOffset.FromUnixTimeSeconds((DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 3600 * 3600) + 600) - behind);
        Ring = new S2nTicketKeyRing(Keys, TimeSpan.FromHours(1), TimeSpan.FromHours(10), Clock, () => random);
        Ring.Failed += (_, e) =>
        {
            lock (_told)
            {
                _told.Add(e.GetException());
            }
        };
        Client = TestContexts.MakeClient(options =>
        {
            options.AllowTlsResume = true;
            options.SecurityPolicy = Policy;
        });
    }

    public SslProtocols Protocol { get; }

    public ScriptedKeys Keys { get; } = new();

    public ManualClock Clock { get; }

    public S2nTicketKeyRing Ring { get; }

    public S2nContext Client { get; }

    /// <summary>What <see cref="S2nTicketKeyRing.Failed"/> has told.</summary>
    public Exception[] Told
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    private S2nSecurityPolicy Policy => Protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;

    public S2nContext MakeServer(Action<S2nServerOptions>? configure = null)
    {
        S2nContext server = TestContexts.MakeServer(options =>
        {
            options.AllowTlsResume = true;
            options.TicketKeys = Ring;
            options.SecurityPolicy = Policy;
            configure?.Invoke(options);
        });
        _servers.Add(server);
        return server;
    }

    /// <summary>Ends when nobody asks the provider any more, and all servers have what it has given.</summary>
    public Task SettledAsync() => Ring.Keys.Asking.WithDeadline();

    /// <summary>Time passes, and whoever waits for it does what he has to.</summary>
    public async Task AdvanceAsync(TimeSpan time)
    {
        Clock.Advance(time);
        await SettledAsync();
    }

    /// <summary>A whole conversation; whether it was resumed.</summary>
    public async Task<bool> ConnectAsync(S2nContext server)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: Client, server: server);
        await ExchangeAsync(pair.Server, pair.Client);
        Assert.Equal(Protocol, pair.Client.SslProtocol);
        return pair.Client.IsSessionResumed;
    }

    /// <summary>The same with SslStream as the client.</summary>
    public async Task<bool> ConnectWithSslStreamAsync(S2nContext server)
    {
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using var client = new SslStream(inner);
        await using var served = new S2nStream(peer);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
            EnabledSslProtocols = Protocol,
        };
        await Task.WhenAll(client.AuthenticateAsClientAsync(options), served.AuthenticateAsServerAsync(server)).WithDeadline();
        await ExchangeAsync(served, client);
        return served.IsSessionResumed;
    }

    public void Dispose()
    {
        _servers.ForEach(server => server.Dispose());
        Client.Dispose();
    }

    /// <summary>In TLS 1.3 a client has its ticket once it has read something.</summary>
    private static async Task ExchangeAsync(Stream server, Stream client)
    {
        await server.WriteAsync("hello"u8.ToArray()).WithDeadline();
        await client.ReadExactlyAsync(new byte[5]).WithDeadline();
        await client.WriteAsync("hello"u8.ToArray()).WithDeadline();
        await server.ReadExactlyAsync(new byte[5]).WithDeadline();
    }
}
