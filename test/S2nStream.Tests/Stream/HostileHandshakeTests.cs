using System.Security.Authentication;

namespace S2nTls.Tests.Streams;

/// <summary>Peers that speak TLS and break its rules in a handshake: a documented error, at once, and no more memory than TLS allows.</summary>
public class HostileHandshakeTests
{
    public static TheoryData<TlsAlert> Alerts() => [.. Enum.GetValues<TlsAlert>().Where(alert => alert != TlsAlert.CloseNotify)];

    [Theory]
    [MemberData(nameof(Alerts))]
    public async Task Each_alert_arrives_as_what_it_is(TlsAlert alert)
    {
        S2nException error = await ErrorOfClientAsync([21, 3, 3, 0, 2, 2, (byte)alert]);
        Assert.Equal(S2nErrorType.Alert, error.ErrorType);
        Assert.Equal(alert, error.Alert);
        Assert.Contains($"{alert} ({(int)alert})", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_is_longer_than_allowed_is_refused()
    {
        // 2^14 + 2048 + 1 bytes (RFC 5246 §6.2.3). s2n takes it in first: no more than 64 KiB, whatever is claimed.
        S2nException error = await ErrorOfServerAsync([22, 3, 1, 0x48, 0x01, 1, 0, 0x47, 0xfd, .. new byte[0x4801 - 4]]);
        Assert.Contains(error.ErrorType, (S2nErrorType[])[S2nErrorType.Protocol, S2nErrorType.Internal]);
    }

    [Fact]
    public async Task Empty_records_do_not_go_on_for_ever()
    {
        byte[] flood = [.. Enumerable.Repeat((byte[])[22, 3, 1, 0, 0], 10_000).SelectMany(record => record)];
        S2nException error = await ErrorOfServerAsync(flood);
        Assert.Equal(S2nErrorType.Protocol, error.ErrorType);
    }

    [Theory]
    [InlineData(0xff_ff_ff)]
    [InlineData(70_000)]
    public async Task A_client_hello_that_claims_to_be_huge_is_refused(int length)
    {
        byte[] message = [1, (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. new byte[100_000]];
        byte[] records = [.. message.Chunk(16_000).SelectMany(piece => (byte[])[22, 3, 1, (byte)(piece.Length >> 8), (byte)piece.Length, .. piece])];
        S2nException error = await ErrorOfServerAsync(records);
        Assert.Equal(S2nErrorType.Protocol, error.ErrorType);
    }

    [Fact]
    public async Task Data_before_the_handshake_is_refused()
    {
        S2nException error = await ErrorOfServerAsync([23, 3, 3, 0, 5, 1, 2, 3, 4, 5]);
        Assert.Equal(S2nErrorType.Protocol, error.ErrorType);
    }

    [Fact]
    public async Task A_downgrade_that_somebody_on_the_path_forces_is_detected()
    {
        // The client's supported_versions become something unknown: the server takes it for a TLS 1.2 client, and says
        // in its random that it would have had TLS 1.3 (RFC 8446 §4.1.3).
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(new HidingVersions(clientEnd));
        await using var server = new S2nStream(serverEnd);
        Task serverSide = server.AuthenticateAsServerAsync(TestContexts.Server);
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsClientAsync(TestContexts.Client, "localhost").WithDeadline());
        Assert.Equal("S2N_ERR_PROTOCOL_DOWNGRADE_DETECTED", Assert.IsType<S2nException>(error.InnerException).S2nErrorName);
        await clientEnd.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => serverSide.WithDeadline());
    }

    [Fact]
    public async Task A_peer_that_is_slow_can_be_given_up_after_a_time()
    {
        (Stream peer, Stream own) = await TcpPair.ConnectAsync();
        await using var stream = new S2nStream(own);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Task handshake = stream.AuthenticateAsServerAsync(TestContexts.Server, limit.Token);
        await peer.WriteAsync((byte[])[22, 3, 1]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake.WithDeadline());
        await peer.DisposeAsync();
    }

    [Fact]
    [Needs("openssl")]
    public async Task A_chain_of_certificates_that_is_too_long_is_refused()
    {
        using var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        string chain = directory.PathOf("chain.pem");
        await File.WriteAllTextAsync(chain, string.Concat(Enumerable.Repeat(TestAuthority.Default.RootPem + "\n", 100)));
        await using PeerProgram server = PeerProgram.Start(
            "openssl",
            ["s_server", "-accept", "127.0.0.1:0", "-cert", directory.PathOf(PemFiles.Certificate), "-key", directory.PathOf(PemFiles.Key), "-cert_chain", chain, "-quiet"],
            new TempDirectory());
        await server.ExplainAsync(async () =>
        {
            using var tcp = new System.Net.Sockets.TcpClient("127.0.0.1", await ListeningPort.OfAsync(server));
            await using var client = new S2nStream(tcp.GetStream());
            var error = await Assert.ThrowsAsync<AuthenticationException>(
                () => client.AuthenticateAsClientAsync(TestContexts.Client, "localhost").WithDeadline());
            Assert.IsType<S2nException>(error.InnerException);
        });
    }

    [Fact]
    public async Task Key_updates_without_end_hold_no_memory()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        Task<int> read = pair.Server.ReadAsync(new byte[1]).AsTask();
        for (int i = 0; i < 20_000; i++)
        {
            await pair.Client.RequestKeyUpdateAsync();
        }

        Assert.False(read.IsCompleted);
        await pair.Client.WriteAsync(new byte[1]);
        Assert.Equal(1, await read.WithDeadline());
    }

    private static Task<S2nException> ErrorOfClientAsync(byte[] spoken) =>
        ErrorAsync(stream => stream.AuthenticateAsClientAsync(TestContexts.Client, "localhost"), spoken);

    private static Task<S2nException> ErrorOfServerAsync(byte[] spoken) =>
        ErrorAsync(stream => stream.AuthenticateAsServerAsync(TestContexts.Server), spoken);

    private static async Task<S2nException> ErrorAsync(Func<S2nStream, Task> authenticate, byte[] spoken)
    {
        (Stream peer, Stream own) = DuplexPipe.CreateStreams(pauseAt: 0);
        await using var stream = new S2nStream(own);
        Task handshake = authenticate(stream);
        await peer.WriteAsync(spoken);
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => handshake.WithDeadline());
        await peer.DisposeAsync();
        return Assert.IsType<S2nException>(error.InnerException);
    }

    /// <summary>Changes the type of the client hello's supported_versions, once.</summary>
    private sealed class HidingVersions(Stream inner) : WrappedStream(inner)
    {
        private bool _isDone;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            byte[] bytes = buffer.ToArray();
            if (!_isDone && bytes.AsSpan().IndexOf((byte[])[0, 43, 0]) is var at and > 0)
            {
                _isDone = true;
                bytes[at] = 0x7f;
            }

            return base.WriteAsync(bytes, cancellationToken);
        }
    }
}
