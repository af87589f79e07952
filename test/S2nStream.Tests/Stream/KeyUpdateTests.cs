using System.Security.Authentication;

namespace S2nTls.Tests.Streams;

/// <summary>New keys in the middle of a connection.</summary>
public class KeyUpdateTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Data_goes_on_after_new_keys_and_both_sides_count_them(bool synchronously)
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        Assert.Equal(new S2nKeyUpdateCounts { Sent = 0, Received = 0 }, pair.Client.KeyUpdateCounts);
        for (int i = 1; i <= 3; i++)
        {
            if (synchronously)
            {
                pair.Client.RequestKeyUpdate();
            }
            else
            {
                await pair.Client.RequestKeyUpdateAsync().WithDeadline();
            }

            await SendAsync(pair.Client, pair.Server);
            Assert.Equal(new S2nKeyUpdateCounts { Sent = i, Received = 0 }, pair.Client.KeyUpdateCounts);
            Assert.Equal(new S2nKeyUpdateCounts { Sent = 0, Received = i }, pair.Server.KeyUpdateCounts);
        }

        await pair.Server.RequestKeyUpdateAsync().WithDeadline();
        await SendAsync(pair.Server, pair.Client);
        Assert.Equal(new S2nKeyUpdateCounts { Sent = 3, Received = 1 }, pair.Client.KeyUpdateCounts);
    }

    [Fact]
    public async Task A_long_lived_connection_can_change_its_keys_now_and_then()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        S2nStream tls = pair.Client;

        #region snippet key-update
        await tls.RequestKeyUpdateAsync();
        S2nKeyUpdateCounts counts = tls.KeyUpdateCounts; // Sent is 1, Received is 0
        #endregion

        Assert.Equal(new S2nKeyUpdateCounts { Sent = 1, Received = 0 }, counts);
        await SendAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task It_is_sent_at_once_and_does_not_wait_for_data()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        Task<int> read = pair.Server.ReadAsync(new byte[1]).AsTask();
        await pair.Client.RequestKeyUpdateAsync().WithDeadline();
        for (long start = Environment.TickCount64; pair.Server.KeyUpdateCounts.Received == 0;)
        {
            Assert.InRange(Environment.TickCount64 - start, 0, (long)Deadline.Default.TotalMilliseconds);
            await Task.Delay(5);
        }

        Assert.False(read.IsCompleted);
        await pair.Client.WriteAsync(new byte[1]);
        Assert.Equal(1, await read.WithDeadline());
    }

    [Fact]
    public async Task Data_keeps_flowing_while_both_sides_update()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        var up = new RandomData(5_000_000);
        var down = new RandomData(5_000_000);
        using var stop = new CancellationTokenSource();
        Task updates = Task.WhenAll(UpdateAsync(pair.Client), UpdateAsync(pair.Server));
        Task<Digest> sentUp = Task.Run(() => SendAllAsync(pair.Client, up));
        Task<Digest> sentDown = Task.Run(() => SendAllAsync(pair.Server, down));
        Task<Digest> receivedUp = Digest.ReadAsync(pair.Server);
        Task<Digest> receivedDown = Digest.ReadAsync(pair.Client);
        Assert.Equal(await sentUp.WithDeadline(), await receivedUp.WithDeadline());
        Assert.Equal(await sentDown.WithDeadline(), await receivedDown.WithDeadline());
        await stop.CancelAsync();
        await updates.WithDeadline();
        Assert.NotEqual(new S2nKeyUpdateCounts { Sent = 0, Received = 0 }, pair.Client.KeyUpdateCounts);

        async Task UpdateAsync(S2nStream stream)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await stream.RequestKeyUpdateAsync();
                }
                catch (InvalidOperationException)
                {
                    return; // the write side is closed meanwhile
                }

                await Task.Delay(1);
            }
        }

        static async Task<Digest> SendAllAsync(S2nStream stream, RandomData data)
        {
            Digest digest = await data.WriteToAsync(stream);
            await stream.ShutdownWriteAsync();
            return digest;
        }
    }

    [Fact]
    public async Task TLS_1_2_has_none()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync(SslProtocols.Tls12);
        await Assert.ThrowsAsync<NotSupportedException>(() => pair.Client.RequestKeyUpdateAsync());
        await SendAsync(pair.Client, pair.Server); // nothing is broken
    }

    [Fact]
    public async Task After_a_half_close_it_is_refused()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        await pair.Client.ShutdownWriteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Client.RequestKeyUpdateAsync());
    }

    [Fact]
    public async Task SslStream_follows()
    {
        (Stream clientEnd, Stream serverEnd) = await TcpPair.ConnectAsync();
        await using var client = new S2nStream(clientEnd);
        await using var server = new System.Net.Security.SslStream(serverEnd);
        await Task.WhenAll(
            client.AuthenticateAsClientAsync(TestContexts.Client, "localhost"),
            server.AuthenticateAsServerAsync(TestAuthority.Localhost)).WithDeadline();
        await client.RequestKeyUpdateAsync();
        await SendAsync(client, server);
        await SendAsync(server, client);
        Assert.Equal(new S2nKeyUpdateCounts { Sent = 1, Received = 0 }, client.KeyUpdateCounts);
    }

    private static async Task SendAsync(Stream from, Stream to)
    {
        byte[] sent = [1, 2, 3];
        byte[] received = new byte[3];
        await from.WriteAsync(sent);
        await to.ReadExactlyAsync(received).WithDeadline();
        Assert.Equal(sent, received);
    }
}
