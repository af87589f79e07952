namespace S2nTls.Tests.EarlyData;

/// <summary>A client and a server with early data between them, and what the server has read of it.</summary>
internal sealed class EarlyDataPair : IAsyncDisposable
{
    private EarlyDataPair(S2nStream client, S2nStream server, byte[] early)
    {
        Client = client;
        Server = server;
        Early = early;
    }

    public S2nStream Client { get; }

    public S2nStream Server { get; }

    /// <summary>What the server's application has read as early data.</summary>
    public byte[] Early { get; }

    public static S2nContext MakeServer(S2nEarlyDataGuard? guard = null, Action<S2nServerOptions>? configure = null) => TestContexts.MakeServer(options =>
    {
        options.AllowTlsResume = true;
        options.EarlyData = new S2nEarlyDataOptions(guard ?? new S2nSingleUseEarlyDataGuard());
        configure?.Invoke(options);
    });

    public static S2nContext MakeClient(Action<S2nClientOptions>? configure = null) => TestContexts.MakeClient(options =>
    {
        options.AllowTlsResume = true;
        configure?.Invoke(options);
    });

    /// <summary>Connects once, so that the client has a ticket.</summary>
    public static async Task IntroduceAsync(S2nContext client, S2nContext server)
    {
        await using EarlyDataPair pair = await ConnectAsync(client, server, default);
        Assert.Equal(S2nEarlyDataStatus.NotOffered, pair.Client.EarlyDataStatus);
        await pair.ExchangeAsync();
    }

    public static async Task<EarlyDataPair> ConnectAsync(
        S2nContext client, S2nContext server, ReadOnlyMemory<byte> early,
        Func<Stream, Stream>? wrapClient = null, Func<Stream, Stream>? wrapServer = null, bool isRead = true)
    {
        (Stream innerClient, Stream innerServer) = DuplexPipe.CreateStreams();
        var clientSide = new S2nStream(wrapClient?.Invoke(innerClient) ?? innerClient);
        var serverSide = new S2nStream(wrapServer?.Invoke(innerServer) ?? innerServer);
        try
        {
            Task handshake = serverSide.AuthenticateAsServerAsync(server);
            Task<byte[]> reading = isRead ? ReadAllAsync(serverSide) : Task.FromResult<byte[]>([]);
            await BothAsync(clientSide.AuthenticateAsClientAsync(client, new S2nClientConnectionOptions { TargetHost = "localhost", TargetPort = 443, EarlyData = early }), handshake);
            return new EarlyDataPair(clientSide, serverSide, await reading.WithDeadline());
        }
        catch
        {
            await clientSide.DisposeAsync();
            await serverSide.DisposeAsync();
            throw;
        }
    }

    public static async Task<byte[]> ReadAllAsync(S2nStream server)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[1000];
        int count;
        while ((count = await server.ReadEarlyDataAsync(buffer).WithDeadline()) > 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    /// <summary>Any bytes, the same every time.</summary>
    public static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)((i * 31) >> 3))];

    public void AssertAccepted(byte[] early)
    {
        Assert.Equal(S2nEarlyDataStatus.Accepted, Client.EarlyDataStatus);
        Assert.Equal(S2nEarlyDataStatus.Accepted, Server.EarlyDataStatus);
        Assert.Equal(early, Early);
    }

    /// <summary>The server's application has seen nothing of it, and the connection is as good as any.</summary>
    public async Task AssertRejectedAsync()
    {
        Assert.Equal(S2nEarlyDataStatus.Rejected, Client.EarlyDataStatus);
        Assert.Equal(S2nEarlyDataStatus.Rejected, Server.EarlyDataStatus);
        Assert.Empty(Early);
        await ExchangeAsync();
    }

    /// <summary>Data in both directions. In TLS 1.3 a client has its ticket once it has read something.</summary>
    public async Task ExchangeAsync()
    {
        await Server.WriteAsync("hello"u8.ToArray()).WithDeadline();
        byte[] read = new byte[5];
        await Client.ReadExactlyAsync(read).WithDeadline();
        Assert.Equal("hello"u8.ToArray(), read);
        await Client.WriteAsync("olleh"u8.ToArray()).WithDeadline();
        await Server.ReadExactlyAsync(read).WithDeadline();
        Assert.Equal("olleh"u8.ToArray(), read);
    }

    /// <summary>
    /// Waits for both handshakes; the first that fails is heard at once. If that is the client's, what it has heard may be the server's failure, which
    /// is then about to be known.
    /// </summary>
    private static async Task BothAsync(Task client, Task server)
    {
        Task first = await Task.WhenAny(client, server).WithDeadline();
        if (first == client && client.IsFaulted && await Task.WhenAny(server, Task.Delay(TimeSpan.FromSeconds(1))) == server)
        {
            first = server;
        }

        await first;
        await Task.WhenAll(client, server).WithDeadline();
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
