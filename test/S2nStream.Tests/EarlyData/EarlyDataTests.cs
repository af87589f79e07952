using System.Security.Authentication;

namespace S2nTls.Tests.EarlyData;

/// <summary>Data in the handshake (0-RTT), between two streams of this library.</summary>
public class EarlyDataTests
{
    private static readonly byte[] s_request = "GET / HTTP/1.0\r\n\r\n"u8.ToArray();

    [Fact]
    public async Task Data_goes_with_the_handshake_of_a_resumed_session_and_is_told_apart_from_what_follows()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer();
        await EarlyDataPair.IntroduceAsync(client, server);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, s_request);
        pair.AssertAccepted(s_request);
        Assert.True(pair.Client.IsSessionResumed);
        await pair.ExchangeAsync();
    }

    [Fact]
    public async Task Every_connection_brings_the_ticket_for_the_next()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer();
        await EarlyDataPair.IntroduceAsync(client, server);
        for (byte i = 0; i < 3; i++)
        {
            await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, new byte[] { i });
            pair.AssertAccepted([i]);
            await pair.ExchangeAsync();
        }
    }

    [Fact]
    public async Task A_server_has_it_before_the_client_has_finished()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer();
        await EarlyDataPair.IntroduceAsync(client, server);
        (Stream innerClient, Stream innerServer) = DuplexPipe.CreateStreams();
        var held = new HeldStream(innerClient, passed: 1);
        await using var clientSide = new S2nStream(held);
        await using var serverSide = new S2nStream(innerServer);
        Task handshake = serverSide.AuthenticateAsServerAsync(server);
        Task clientHandshake = clientSide.AuthenticateAsClientAsync(client, new S2nClientConnectionOptions { TargetHost = "localhost", TargetPort = 443, EarlyData = s_request });
        byte[] early = new byte[s_request.Length];
        await ReadExactlyAsync(serverSide, early);
        Assert.Equal(s_request, early);
        Assert.False(handshake.IsCompleted);
        Task<int> end = serverSide.ReadEarlyDataAsync(new byte[1]).AsTask();
        await Assert.ThrowsAsync<NotSupportedException>(() => serverSide.ReadEarlyDataAsync(new byte[1]).AsTask());
        Assert.False(end.IsCompleted); // the client may still send more
        held.Release();
        await Task.WhenAll(handshake, clientHandshake).WithDeadline();
        Assert.Equal(0, await end.WithDeadline());
    }

    [Fact]
    public async Task It_can_be_read_after_the_handshake_and_then_before_anything_else()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer();
        await EarlyDataPair.IntroduceAsync(client, server);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, s_request, isRead: false);
        await pair.Client.WriteAsync("later"u8.ToArray());
        byte[] buffer = new byte[100];
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Server.ReadAsync(buffer).AsTask());
        Assert.False(pair.Server.DataAvailable);
        Assert.Equal(3, pair.Server.ReadEarlyData(buffer.AsSpan(0, 3)));
        Assert.Throws<InvalidOperationException>(() => pair.Server.Read(buffer));
        Assert.Equal(s_request.Length - 3, await pair.Server.ReadEarlyDataAsync(buffer.AsMemory(3)));
        Assert.Equal(s_request, buffer[..s_request.Length]);
        await pair.Server.ReadExactlyAsync(buffer.AsMemory(0, 5)).WithDeadline();
        Assert.Equal("later"u8.ToArray(), buffer[..5]);
        Assert.Equal(0, pair.Server.ReadEarlyData(buffer));
    }

    [Fact]
    public async Task Synchronous_calls_do_it_too()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer();
        await EarlyDataPair.IntroduceAsync(client, server);
        (Stream innerClient, Stream innerServer) = await TcpPair.ConnectAsync();
        await using var clientSide = new S2nStream(innerClient);
        await using var serverSide = new S2nStream(innerServer);
        await Task.WhenAll(
            Deadline.Run(() => clientSide.AuthenticateAsClient(client, new S2nClientConnectionOptions { TargetHost = "localhost", TargetPort = 443, EarlyData = s_request })),
            Deadline.Run(() => serverSide.AuthenticateAsServer(server)));
        byte[] buffer = new byte[100];
        Assert.Equal(s_request, buffer[..serverSide.ReadEarlyData(buffer)]);
        Assert.Equal(S2nEarlyDataStatus.Accepted, clientSide.EarlyDataStatus);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public async Task What_is_more_than_the_ticket_allows_is_not_sent_and_can_be_written_afterwards(int size, bool isSent)
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer(configure: options => options.EarlyData!.MaxSize = 100);
        await EarlyDataPair.IntroduceAsync(client, server);
        byte[] data = EarlyDataPair.Bytes(size);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, data);
        Assert.Equal(isSent ? S2nEarlyDataStatus.Accepted : S2nEarlyDataStatus.NotOffered, pair.Client.EarlyDataStatus);
        Assert.Equal(pair.Client.EarlyDataStatus, pair.Server.EarlyDataStatus);
        Assert.Equal(isSent ? data : [], pair.Early);
        await pair.ExchangeAsync();
    }

    [Fact]
    public async Task Much_of_it_arrives_whole_however_the_transport_cuts_it()
    {
        const int Size = 300_000;
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer(configure: options => options.EarlyData!.MaxSize = Size);
        await EarlyDataPair.IntroduceAsync(client, server);
        byte[] data = EarlyDataPair.Bytes(Size);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, data, wrapServer: inner => new CuttingStream(inner, 777));
        pair.AssertAccepted(data);
        await pair.ExchangeAsync();
    }

    [Fact]
    public async Task Without_a_session_it_is_not_sent()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer();
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, s_request);
        Assert.Equal(S2nEarlyDataStatus.NotOffered, pair.Client.EarlyDataStatus);
        Assert.Empty(pair.Early);
        await pair.ExchangeAsync();
    }

    [Fact]
    public async Task A_session_is_resumed_without_it_as_ever()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer();
        await EarlyDataPair.IntroduceAsync(client, server);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, default);
        Assert.True(pair.Client.IsSessionResumed);
        Assert.Equal(S2nEarlyDataStatus.NotOffered, pair.Server.EarlyDataStatus);
        await pair.ExchangeAsync();
    }

    [Fact]
    public async Task It_is_off_unless_the_server_turns_it_on()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer(configure: options => options.EarlyData = null);
        await EarlyDataPair.IntroduceAsync(client, server);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, s_request);
        Assert.True(pair.Client.IsSessionResumed);
        Assert.Equal(S2nEarlyDataStatus.NotOffered, pair.Client.EarlyDataStatus);
        Assert.Equal(0, await pair.Server.ReadEarlyDataAsync(new byte[1]));
        await pair.ExchangeAsync();
    }

    [Fact]
    public async Task A_server_that_has_turned_it_off_since_rejects_it()
    {
        var keys = new S2nTicketKeyRing(new S2nSharedSecretTicketKeys(new byte[32]));
        using S2nContext client = EarlyDataPair.MakeClient();
        using S2nContext before = EarlyDataPair.MakeServer(configure: options => options.TicketKeys = keys);
        using S2nContext now = EarlyDataPair.MakeServer(configure: options => (options.TicketKeys, options.EarlyData) = (keys, null));
        await EarlyDataPair.IntroduceAsync(client, before);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, now, s_request);
        Assert.True(pair.Client.IsSessionResumed);
        await pair.AssertRejectedAsync();
    }

    [Fact]
    public async Task A_server_that_cannot_read_the_ticket_rejects_it_and_the_handshake_is_a_full_one()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer(), other = EarlyDataPair.MakeServer();
        await EarlyDataPair.IntroduceAsync(client, server);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, other, new byte[16 * 1024]);
        Assert.False(pair.Client.IsSessionResumed);
        await pair.AssertRejectedAsync();
    }

    [Fact]
    public async Task A_client_ends_the_handshake_where_the_server_falls_back_to_an_older_version()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer();
        await EarlyDataPair.IntroduceAsync(client, server);
        var error = await Assert.ThrowsAsync<AuthenticationException>(async () => // RFC 8446 appendix D.3
        {
            await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, TestContexts.Server12, s_request);
        });
        Assert.IsType<S2nException>(error.InnerException);
    }

    [Fact]
    public async Task A_cancelled_read_loses_nothing()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer();
        await EarlyDataPair.IntroduceAsync(client, server);
        (Stream innerClient, Stream innerServer) = DuplexPipe.CreateStreams();
        await using var clientSide = new S2nStream(innerClient);
        await using var serverSide = new S2nStream(innerServer);
        Task handshake = serverSide.AuthenticateAsServerAsync(server);
        using (var source = new CancellationTokenSource())
        {
            Task<int> cancelled = serverSide.ReadEarlyDataAsync(new byte[1], source.Token).AsTask();
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WithDeadline());
        }

        await Task.WhenAll(handshake, clientSide.AuthenticateAsClientAsync(client, new S2nClientConnectionOptions { TargetHost = "localhost", TargetPort = 443, EarlyData = s_request })).WithDeadline();
        Assert.Equal(s_request, await EarlyDataPair.ReadAllAsync(serverSide));
    }

    [Fact]
    public async Task Disposal_ends_a_read_of_it()
    {
        using S2nContext server = EarlyDataPair.MakeServer();
        (Stream innerClient, Stream innerServer) = DuplexPipe.CreateStreams();
        await using Stream peer = innerClient;
        var serverSide = new S2nStream(innerServer);
        Task handshake = serverSide.AuthenticateAsServerAsync(server);
        Task<int> read = serverSide.ReadEarlyDataAsync(new byte[1]).AsTask();
        await serverSide.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.WithDeadline());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => handshake.WithDeadline());
    }

    [Fact]
    public async Task A_handshake_that_fails_says_so_to_its_reader()
    {
        using S2nContext server = EarlyDataPair.MakeServer();
        (Stream innerClient, Stream innerServer) = DuplexPipe.CreateStreams();
        await using var serverSide = new S2nStream(innerServer);
        Task handshake = serverSide.AuthenticateAsServerAsync(server);
        Task<int> read = serverSide.ReadEarlyDataAsync(new byte[1]).AsTask();
        await innerClient.WriteAsync("this is not TLS"u8.ToArray());
        var failure = await Assert.ThrowsAsync<AuthenticationException>(() => handshake.WithDeadline());
        Assert.Equal(failure.Message, (await Assert.ThrowsAsync<AuthenticationException>(() => read.WithDeadline())).Message);
        await innerClient.DisposeAsync();
    }

    [Fact]
    public async Task It_is_read_on_a_server_that_has_begun_only()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer();
        await using var created = new S2nStream(new MemoryStream());
        await Assert.ThrowsAsync<InvalidOperationException>(() => created.ReadEarlyDataAsync(new byte[1]).AsTask());
        Assert.Throws<InvalidOperationException>(() => created.ReadEarlyData(new byte[1]));
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, default);
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Client.ReadEarlyDataAsync(new byte[1]).AsTask());
        Assert.Throws<ArgumentException>(() => pair.Server.ReadEarlyData([]));
    }

    private static async Task ReadExactlyAsync(S2nStream server, byte[] early)
    {
        for (int count = 0; count < early.Length;)
        {
            int read = await server.ReadEarlyDataAsync(early.AsMemory(count)).WithDeadline();
            Assert.NotEqual(0, read);
            count += read;
        }
    }
}
