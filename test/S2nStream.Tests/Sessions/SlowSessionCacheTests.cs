using S2nTls.Tests.Engine;

namespace S2nTls.Tests.Sessions;

/// <summary>A cache of sessions that takes its time, such as one that several processes share.</summary>
public class SlowSessionCacheTests
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_session_that_comes_late_is_offered_all_the_same(bool synchronously)
    {
        var cache = new SlowCache();
        using S2nContext client = Client(cache), server = Server();
        await TalkAsync(client, server);
        cache.Taking = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var clientSide = new S2nStream(clientEnd);
        await using var serverSide = new S2nStream(serverEnd);
        Task accepting = serverSide.AuthenticateAsServerAsync(server);
        Task connecting = synchronously
            ? Deadline.Run(() => clientSide.AuthenticateAsClient(client, "localhost"))
            : clientSide.AuthenticateAsClientAsync(client, "localhost");
        await cache.Asked.Task.WithDeadline();
        Assert.False(connecting.IsCompleted);
        cache.Taking.SetResult();
        await Task.WhenAll(connecting, accepting).WithDeadline();
        Assert.True(clientSide.IsSessionResumed);
    }

    [Fact]
    public async Task One_that_does_not_serve_is_passed_over_and_the_next_one_asked_for()
    {
        var cache = new SlowCache();
        using S2nContext client = Client(cache), server = Server();
        await TalkAsync(client, server);
        S2nSession good = cache.Sessions.Single();
        cache.Sessions.Add(new S2nSession(new S2nSessionOrigin("elsewhere", 0), good.Protocol, good.ExpiresAt, good.State, good.PeerCertificates, good.Terms));
        cache.Sessions.Add(new S2nSession(good.Origin, good.Protocol, good.ExpiresAt, good.State, good.PeerCertificates, "other terms"));
        cache.Sessions.Add(new S2nSession(good.Origin, good.Protocol, DateTimeOffset.UtcNow.AddSeconds(-1), good.State, good.PeerCertificates, good.Terms));
        Assert.True(await TalkAsync(client, server));
    }

    [Fact]
    public async Task Data_does_not_wait_until_a_session_is_kept()
    {
        var cache = new SlowCache { Adding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        using S2nContext client = Client(cache), server = Server();
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        for (int i = 0; i < 2; i++)
        {
            await pair.Server.WriteAsync("hello"u8.ToArray()).WithDeadline();
            await pair.Client.ReadExactlyAsync(new byte[5]).AsTask().WithDeadline();
        }

        Assert.Empty(cache.Sessions);
        cache.Adding.SetResult();
    }

    [Fact]
    public async Task What_is_thrown_later_ends_the_connection_at_a_later_read()
    {
        var cache = new SlowCache { Adding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        using S2nContext client = Client(cache), server = Server();
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await pair.Server.WriteAsync("hello"u8.ToArray()).WithDeadline();
        await pair.Client.ReadExactlyAsync(new byte[5]).AsTask().WithDeadline();
        cache.Adding.SetException(new InvalidTimeZoneException("from the cache"));
        InvalidTimeZoneException thrown = await Assert.ThrowsAsync<InvalidTimeZoneException>(async () =>
        {
            while (true)
            {
                await pair.Server.WriteAsync("again"u8.ToArray()).WithDeadline();
                await pair.Client.ReadExactlyAsync(new byte[5]).AsTask().WithDeadline();
            }
        });
        Assert.Equal("from the cache", thrown.Message);
        Assert.Contains("from the cache", (await Assert.ThrowsAsync<S2nException>(() => pair.Client.ReadAsync(new byte[5]).AsTask())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_that_throws_when_it_is_asked_ends_the_handshake()
    {
        var cache = new SlowCache { Taking = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        using S2nContext client = Client(cache), server = Server();
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var clientSide = new S2nStream(clientEnd);
        await using var serverSide = new S2nStream(serverEnd);
        Task accepting = serverSide.AuthenticateAsServerAsync(server);
        Task connecting = clientSide.AuthenticateAsClientAsync(client, "localhost");
        cache.Taking.SetException(new InvalidTimeZoneException("from the cache"));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => connecting.WithDeadline());
        await Assert.ThrowsAnyAsync<Exception>(() => accepting.WithDeadline());
    }

    [Fact]
    public async Task The_origin_has_the_port_of_the_socket_or_the_one_that_the_caller_says()
    {
        var cache = new SlowCache();
        using S2nContext client = Client(cache), server = Server();
        Assert.Equal(new S2nSessionOrigin("LOCALHOST", 0), await OriginAsync(null));
        Assert.Equal(new S2nSessionOrigin("localhost", 8443), await OriginAsync(8443));

        (Stream clientEnd, Stream serverEnd) = await TcpPair.ConnectAsync();
        await using (TlsPair pair = await TlsPair.OverAsync(clientEnd, serverEnd, client: client, server: server))
        {
            Assert.Equal(((System.Net.IPEndPoint)((System.Net.Sockets.NetworkStream)clientEnd).Socket.RemoteEndPoint!).Port, cache.Origins[^1].Port);
        }

        async Task<S2nSessionOrigin> OriginAsync(int? port)
        {
            (Stream inner, Stream peer) = DuplexPipe.CreateStreams();
            await using var clientSide = new S2nStream(inner);
            await using var serverSide = new S2nStream(peer);
            await Task.WhenAll(
                serverSide.AuthenticateAsServerAsync(server),
                clientSide.AuthenticateAsClientAsync(client, new S2nClientConnectionOptions { TargetHost = "localhost", TargetPort = port ?? 0 })).WithDeadline();
            return cache.Origins[^1];
        }
    }

    [Fact]
    public async Task A_port_that_is_none_is_refused_before_anything_is_sent()
    {
        await using var stream = new S2nStream(new MemoryStream());
        foreach (int port in (int[])[-1, 65536])
        {
            Assert.Throws<ArgumentException>(() => stream.AuthenticateAsClient(TestContexts.Client, new S2nClientConnectionOptions { TargetHost = "localhost", TargetPort = port }));
            Assert.Throws<ArgumentOutOfRangeException>(() => new S2nSessionOrigin("localhost", port));
        }
    }

    private static S2nContext Client(S2nSessionCache cache) => TestContexts.MakeClient(options =>
    {
        options.AllowTlsResume = true;
        options.SessionCache = cache;
    });

    private static S2nContext Server() => TestContexts.MakeServer(options => options.AllowTlsResume = true);

    /// <returns>Whether the session was resumed.</returns>
    private static async Task<bool> TalkAsync(S2nContext client, S2nContext server)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await pair.Server.WriteAsync("hello"u8.ToArray()).WithDeadline();
        await pair.Client.ReadExactlyAsync(new byte[5]).AsTask().WithDeadline();
        return pair.Client.IsSessionResumed;
    }

    private sealed class SlowCache : S2nSessionCache
    {
        public List<S2nSession> Sessions { get; } = [];

        public List<S2nSessionOrigin> Origins { get; } = [];

        public TaskCompletionSource Asked { get; private set; } = new();

        /// <summary>What taking waits for; null for nothing.</summary>
        public TaskCompletionSource? Taking { get; set; }

        public TaskCompletionSource? Adding { get; set; }

        public override async ValueTask AddAsync(S2nSession session)
        {
            await (Adding?.Task ?? Task.CompletedTask);
            Sessions.Add(session);
        }

        public override async ValueTask<S2nSession?> TakeAsync(S2nSessionOrigin origin, CancellationToken cancellationToken)
        {
            Origins.Add(origin);
            if (Taking is not null)
            {
                Asked.TrySetResult();
                await Taking.Task.WaitAsync(cancellationToken);
            }

            S2nSession? session = Sessions.LastOrDefault();
            Sessions.Remove(session!);
            return session;
        }
    }
}
