using System.Security.Authentication;

namespace S2nTls.Tests.Streams;

public class EndOfDataTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task After_the_peers_close_notify_reads_return_zero_again_and_again(SslProtocols protocol)
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync(protocol);
        await pair.Server.WriteAsync("bye"u8.ToArray());
        await pair.Server.ShutdownWriteAsync();
        Assert.Equal("bye", await new StreamReader(pair.Client, leaveOpen: true).ReadToEndAsync().WithDeadline());
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(0, await pair.Client.ReadAsync(new byte[10]).WithDeadline());
            Assert.Equal(-1, pair.Client.ReadByte());
            Assert.Equal(0, await pair.Client.ReadAsync(Memory<byte>.Empty).WithDeadline());
            Assert.False(pair.Client.DataAvailable);
        }
    }

    [Fact]
    public async Task On_tls_1_3_writing_goes_on_after_the_peers_close_notify()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        await pair.Server.ShutdownWriteAsync();
        Assert.Equal(0, await pair.Client.ReadAsync(new byte[10]).WithDeadline());
        await pair.Client.WriteAsync("still writing"u8.ToArray());
        await pair.Client.ShutdownWriteAsync();
        Assert.Equal("still writing", await new StreamReader(pair.Server).ReadToEndAsync().WithDeadline());
    }

    [Fact]
    public async Task On_tls_1_2_a_write_after_the_peers_close_notify_is_refused_as_closed()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync(SslProtocols.Tls12);
        await pair.Server.ShutdownWriteAsync();
        Assert.Equal(0, await pair.Client.ReadAsync(new byte[10]).WithDeadline());
        var error = await Assert.ThrowsAsync<S2nException>(() => pair.Client.WriteAsync(new byte[1]).WithDeadline());
        Assert.Equal(S2nErrorType.Closed, error.ErrorType);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_transport_that_ends_without_close_notify_is_truncation(SslProtocols protocol)
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync(protocol);
        await pair.Server.WriteAsync("half a mess"u8.ToArray());
        pair.InnerServer!.Dispose(); // the connection below is cut

        byte[] buffer = new byte[100];
        Assert.Equal(11, await pair.Client.ReadAsync(buffer).WithDeadline()); // what came is given
        for (int i = 0; i < 3; i++)
        {
            var error = await Assert.ThrowsAsync<S2nException>(() => pair.Client.ReadAsync(buffer).WithDeadline());
            Assert.Equal(S2nErrorType.Closed, error.ErrorType);
            Assert.Contains("close_notify", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Truncation_is_the_end_of_data_where_the_user_accepts_it(SslProtocols protocol)
    {
        using S2nContext tolerant = TestContexts.MakeClient(options =>
        {
            options.IgnoreUnexpectedEof = true;
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
        });
        await using TlsPair pair = await TlsPair.OverTcpAsync(protocol, client: tolerant);
        pair.InnerServer!.Dispose();
        Assert.Equal(0, await pair.Client.ReadAsync(new byte[1]).WithDeadline());
        Assert.Equal(0, pair.Client.Read(new byte[1]));
        Assert.Equal(0, await pair.Client.ReadAsync(Memory<byte>.Empty).WithDeadline());
    }

    [Fact]
    public async Task A_record_cut_in_two_by_the_transports_end_is_truncation()
    {
        (Stream client, Stream server) = DuplexPipe.CreateStreams();
        var cutter = new CuttingStream(server);
        await using TlsPair pair = await TlsPair.OverAsync(client, cutter);
        cutter.CutNextWriteAfter = 10;
        await pair.Server.WriteAsync(new byte[1000]);
        var error = await Assert.ThrowsAsync<S2nException>(() => pair.Client.ReadAsync(new byte[10]).WithDeadline());
        Assert.Equal(S2nErrorType.Closed, error.ErrorType);
    }

    [Fact]
    public async Task Disposing_says_close_notify_so_that_a_peer_sees_a_clean_end()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        await pair.Server.WriteAsync("done"u8.ToArray());
        pair.Server.Dispose();
        Assert.Equal("done", await new StreamReader(pair.Client).ReadToEndAsync().WithDeadline());
    }

    private sealed class CuttingStream(Stream inner) : WrappedStream(inner)
    {
        public int? CutNextWriteAfter { get; set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (CutNextWriteAfter is { } limit)
            {
                await base.WriteAsync(buffer[..limit], cancellationToken);
                Inner.Dispose();
                return;
            }

            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
