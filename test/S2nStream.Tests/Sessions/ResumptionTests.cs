using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Tests.Engine;

namespace S2nTls.Tests.Sessions;

/// <summary>Sessions are resumed where both sides allow it, and tell the same about the peer as full handshakes do.</summary>
public class ResumptionTests
{
    public static TheoryData<SslProtocols> Protocols { get; } = [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory, MemberData(nameof(Protocols))]
    public async Task The_second_connection_resumes_the_first(SslProtocols protocol)
    {
        using S2nContext client = Client(protocol), server = Server(protocol);
        Assert.False(await IsResumedAsync(client, server));
        Assert.True(await IsResumedAsync(client, server));
        Assert.True(await IsResumedAsync(client, server));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_resumed_connection_knows_the_servers_certificate(SslProtocols protocol)
    {
        using S2nContext client = Client(protocol), server = Server(protocol);
        await IsResumedAsync(client, server);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.True(pair.Client.IsSessionResumed);
        Assert.Equal(TestAuthority.Localhost.RawData, pair.Client.RemoteCertificate!.GetRawCertData());
        Assert.Equal("localhost", pair.Server.TargetHostName);
        Assert.Equal(protocol, pair.Client.SslProtocol);
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Nothing_is_resumed_where_the_client_does_not_allow_it(SslProtocols protocol)
    {
        using S2nContext client = Client(protocol, options => options.AllowTlsResume = false), server = Server(protocol);
        await IsResumedAsync(client, server);
        Assert.False(await IsResumedAsync(client, server));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Nothing_is_resumed_where_the_server_does_not_allow_it(SslProtocols protocol)
    {
        using S2nContext client = Client(protocol), server = Server(protocol, options => options.AllowTlsResume = false);
        await IsResumedAsync(client, server);
        Assert.False(await IsResumedAsync(client, server));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_server_that_asks_for_a_certificate_sees_it_at_every_connection(SslProtocols protocol)
    {
        using S2nCertificate own = S2nCertificate.FromX509(TestAuthority.Default.Issue(subject: "CN=alice", forClients: true));
        using S2nContext client = Client(protocol, options => options.Certificate = own);
        using S2nContext server = Server(protocol, options =>
        {
            options.ClientCertificateMode = S2nClientCertificateMode.Required;
            options.TrustedRoots = TestAuthority.Default.Roots;
        });
        for (int i = 0; i < 3; i++)
        {
            await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
            await ExchangeAsync(pair);
            Assert.Equal("CN=alice", pair.Server.RemoteCertificate!.Subject);
        }
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_callback_judges_a_resumed_session_too(SslProtocols protocol)
    {
        var judged = new List<string>();
        bool answer = true;
        using S2nContext server = Server(protocol);
        using S2nContext client = Client(protocol, options => options.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            judged.Add($"{certificate!.Subject}, {errors}");
            return answer;
        });
        await IsResumedAsync(client, server);
        Assert.True(await IsResumedAsync(client, server));
        Assert.Equal(["CN=leaf, None", "CN=leaf, None"], judged);
        answer = false;
        await Assert.ThrowsAsync<AuthenticationException>(() => IsResumedAsync(client, server));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Another_host_gets_a_full_handshake(SslProtocols protocol)
    {
        using S2nContext client = Client(protocol), server = Server(protocol);
        await IsResumedAsync(client, server);
        (Stream inner, Stream peer) = DuplexPipe.CreateStreams();
        await using var other = new S2nStream(inner);
        await using var served = new S2nStream(peer);
        await Task.WhenAll(other.AuthenticateAsClientAsync(client, "127.0.0.1"), served.AuthenticateAsServerAsync(server)).WithDeadline();
        Assert.False(other.IsSessionResumed);
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Another_servers_tickets_lead_to_a_full_handshake(SslProtocols protocol)
    {
        using S2nContext client = Client(protocol), first = Server(protocol), second = Server(protocol);
        await IsResumedAsync(client, first);
        Assert.False(await IsResumedAsync(client, second));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_session_made_under_other_terms_is_not_offered(SslProtocols protocol)
    {
        var shared = new S2nMemorySessionCache();
        using S2nContext server = Server(protocol);
        using S2nContext lax = Client(protocol, options =>
        {
            options.SessionCache = shared;
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        });
        using S2nContext strict = Client(protocol, options =>
        {
            options.SessionCache = shared;
            options.TrustedRoots = new TestAuthority("Another").Roots;
        });
        await IsResumedAsync(lax, server);
        await Assert.ThrowsAsync<AuthenticationException>(() => IsResumedAsync(strict, server));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_session_can_be_written_down_and_offered_by_another_context(SslProtocols protocol)
    {
        var first = new OneSession();
        using S2nContext server = Server(protocol);
        using (S2nContext client = Client(protocol, options => options.SessionCache = first))
        {
            await IsResumedAsync(client, server);
        }

        S2nSession session = first.Session!;

        #region snippet session-serialized
        byte[] kept = session.Serialize(); // with its secrets in the clear: keep it as you would keep a password
        S2nSession again = S2nSession.Deserialize(kept);
        #endregion

        var second = new OneSession { Session = again };
        Assert.Equal(session.ExpiresAt.ToUnixTimeSeconds(), again.ExpiresAt.ToUnixTimeSeconds());
        Assert.Equal(protocol, again.Protocol);
        using S2nContext later = Client(protocol, options => options.SessionCache = second);
        Assert.True(await IsResumedAsync(later, server));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task SslStream_resumes_at_this_server(SslProtocols protocol)
    {
        using S2nContext server = Server(protocol);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
            EnabledSslProtocols = protocol,
        };
        Assert.False(await IsResumedByAsync(options, server));
        Assert.True(await IsResumedByAsync(options, server));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task This_client_resumes_at_SslStream(SslProtocols protocol)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(TestAuthority.Localhost, null, offline: true),
            EnabledSslProtocols = protocol,
        };
        using S2nContext client = Client(protocol);
        Assert.False(await IsResumedAtAsync(client, options));
        Assert.True(await IsResumedAtAsync(client, options));
    }

    [Fact]
    public async Task Sessions_are_resumed_with_SslStreams_options_too()
    {
        using X509Certificate2 certificate = TestAuthority.Default.Issue();
        Assert.False(await IsResumedWithOptionsAsync(certificate, allow: true));
        Assert.True(await IsResumedWithOptionsAsync(certificate, allow: true));
        Assert.False(await IsResumedWithOptionsAsync(certificate, allow: false));
    }

    [Fact]
    public async Task A_cache_that_throws_is_heard()
    {
        using S2nContext client = Client(SslProtocols.Tls13, options => options.SessionCache = new BrokenCache()), server = Server(SslProtocols.Tls13);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await pair.Server.WriteAsync("x"u8.ToArray());
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => pair.Client.ReadAsync(new byte[1]).WithDeadline());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_cache_that_has_thrown_every_call_says_so_and_no_end_is_a_clean_one(bool ignoresUnexpectedEnds)
    {
        using S2nContext client = Client(SslProtocols.Tls13, options =>
        {
            options.SessionCache = new BrokenCache();
            options.IgnoreUnexpectedEof = ignoresUnexpectedEnds;
        });
        using S2nContext server = Server(SslProtocols.Tls13);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await pair.Server.WriteAsync("x"u8.ToArray());
        Exception thrown = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => pair.Client.ReadAsync(new byte[1]).WithDeadline());
        await pair.Server.DisposeAsync();
        for (int i = 0; i < 3; i++)
        {
            var later = await Assert.ThrowsAsync<S2nException>(() => pair.Client.ReadAsync(new byte[1]).WithDeadline());
            Assert.Same(thrown, later.InnerException);
        }

        Assert.Same(thrown, (await Assert.ThrowsAsync<S2nException>(() => pair.Client.WriteAsync(new byte[1]).WithDeadline())).InnerException);
    }

    [Fact]
    public void Looking_ahead_calls_no_cache_and_the_next_read_does()
    {
        var cache = new S2nMemorySessionCache();
        using S2nContext client = Client(SslProtocols.Tls13, options => options.SessionCache = cache), server = Server(SslProtocols.Tls13);
        using EnginePair pair = EnginePair.Create(client, server);
        pair.Connect();
        pair.Client.Feed(pair.Server.Encrypt("x"u8)); // the ticket comes before it
        Assert.True(pair.Client.Connection.IsDataAvailable());
        Assert.Null(cache.Take(new S2nSessionOrigin("localhost", 0)));
        Assert.Equal("x"u8.ToArray(), pair.Client.DecryptAll().Data);
        Assert.NotNull(cache.Take(new S2nSessionOrigin("localhost", 0)));
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

    private static async Task<bool> IsResumedAsync(S2nContext client, S2nContext server)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await ExchangeAsync(pair);
        Assert.Equal(pair.Server.IsSessionResumed, pair.Client.IsSessionResumed);
        return pair.Client.IsSessionResumed;
    }

    /// <summary>In TLS 1.3 a client has its ticket once it has read something.</summary>
    private static async Task ExchangeAsync(TlsPair pair)
    {
        await pair.Server.WriteAsync("hello"u8.ToArray()).WithDeadline();
        await pair.Client.ReadExactlyAsync(new byte[5]).WithDeadline();
        await pair.Client.WriteAsync("hello"u8.ToArray()).WithDeadline();
        await pair.Server.ReadExactlyAsync(new byte[5]).WithDeadline();
    }

    private static async Task<bool> IsResumedByAsync(SslClientAuthenticationOptions options, S2nContext server)
    {
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using var client = new SslStream(inner);
        await using var served = new S2nStream(peer);
        await Task.WhenAll(client.AuthenticateAsClientAsync(options), served.AuthenticateAsServerAsync(server)).WithDeadline();
        await ExchangeAsync(served, client);
        return served.IsSessionResumed;
    }

    private static async Task<bool> IsResumedAtAsync(S2nContext client, SslServerAuthenticationOptions options)
    {
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using var stream = new S2nStream(inner);
        await using var server = new SslStream(peer);
        await Task.WhenAll(stream.AuthenticateAsClientAsync(client, new S2nClientConnectionOptions { TargetHost = "localhost", TargetPort = 443 }), server.AuthenticateAsServerAsync(options)).WithDeadline();
        await ExchangeAsync(server, stream);
        return stream.IsSessionResumed;
    }

    private static async Task<bool> IsResumedWithOptionsAsync(X509Certificate2 certificate, bool allow)
    {
        (Stream inner, Stream peer) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(inner);
        await using var server = new S2nStream(peer);
        await Task.WhenAll(
            client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
                AllowTlsResume = allow,
            }),
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate })).WithDeadline();
        await ExchangeAsync(server, client);
        return client.IsSessionResumed;
    }

    private static async Task ExchangeAsync(Stream server, Stream client)
    {
        await server.WriteAsync("hello"u8.ToArray()).WithDeadline();
        await client.ReadExactlyAsync(new byte[5]).WithDeadline();
    }

    private sealed class OneSession : S2nSessionCache
    {
        public S2nSession? Session { get; set; }

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
    }

    private sealed class BrokenCache : S2nSessionCache
    {
        public override ValueTask AddAsync(S2nSession session) => throw new InvalidTimeZoneException("from the cache");

        public override ValueTask<S2nSession?> TakeAsync(S2nSessionOrigin origin, CancellationToken cancellationToken) => default;
    }
}
