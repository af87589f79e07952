using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.Tests.EarlyData;

/// <summary>Early data that breaks the rules, and options that do.</summary>
public class HostileEarlyDataTests
{
    [Fact]
    public async Task More_than_the_ticket_allows_ends_the_handshake()
    {
        using S2nContext server = EarlyDataPair.MakeServer(configure: options => options.EarlyData!.MaxSize = 1000);
        using S2nContext client = EarlyDataPair.MakeClient(options => options.SessionCache = new Greedy());
        await EarlyDataPair.IntroduceAsync(client, server);
        (AuthenticationException error, byte[] read) = await FailAsync(client, server, EarlyDataPair.Bytes(100_000));
        Assert.Equal("S2N_ERR_MAX_EARLY_DATA_SIZE", Assert.IsType<S2nException>(error.InnerException).S2nErrorName);
        Assert.InRange(read.Length, 0, 1000);
    }

    [Fact]
    public async Task A_record_that_was_changed_ends_the_handshake_after_what_came_before_it()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer();
        await EarlyDataPair.IntroduceAsync(client, server);
        (AuthenticationException error, byte[] read) = await FailAsync(client, server, EarlyDataPair.Bytes(100), flight => flight[^1] ^= 1);
        Assert.Equal("S2N_ERR_DECRYPT", Assert.IsType<S2nException>(error.InnerException).S2nErrorName);
        Assert.Empty(read);
    }

    [Fact]
    public async Task A_flight_that_is_cut_off_is_no_end_of_the_data()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer();
        await EarlyDataPair.IntroduceAsync(client, server);
        byte[] flight = await FirstFlightAsync(client, EarlyDataPair.Bytes(100));
        (Stream attacker, Stream inner) = DuplexPipe.CreateStreams();
        await using var stream = new S2nStream(inner);
        Task handshake = stream.AuthenticateAsServerAsync(server);
        await attacker.WriteAsync(flight);
        byte[] buffer = new byte[1000];
        Assert.Equal(100, await stream.ReadEarlyDataAsync(buffer).WithDeadline());
        Task<int> more = stream.ReadEarlyDataAsync(buffer).AsTask();
        await attacker.DisposeAsync();
        await Assert.ThrowsAsync<S2nException>(() => handshake.WithDeadline());
        Assert.Equal(S2nErrorType.Closed, (await Assert.ThrowsAsync<S2nException>(() => more.WithDeadline())).ErrorType);
    }

    [Fact]
    public void What_s2n_cannot_do_is_refused_by_name()
    {
        var error = Assert.Throws<NotSupportedException>(
            () => EarlyDataPair.MakeServer(configure: options => options.ApplicationProtocols.Add(SslApplicationProtocol.Http2)));
        Assert.Contains("ApplicationProtocols", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => EarlyDataPair.MakeServer(configure: options => options.AllowTlsResume = false));
        Assert.Throws<ArgumentException>(() => EarlyDataPair.MakeServer(configure: options => options.EarlyData!.MaxSize = 0));
        Assert.Throws<ArgumentException>(() => EarlyDataPair.MakeServer(configure: options => options.EarlyData!.MaxSize = int.MaxValue));
        Assert.Throws<ArgumentException>(() => EarlyDataPair.MakeServer(configure: options =>
            (options.ClientCertificateMode, options.TrustedRoots) = (S2nClientCertificateMode.Required, TestAuthority.Default.Roots)));
        Assert.Throws<ArgumentNullException>(() => new S2nEarlyDataOptions(null!));
    }

    [Fact]
    public async Task A_client_is_refused_what_would_end_its_handshake_or_come_before_its_judgement()
    {
        using S2nContext withProtocols = EarlyDataPair.MakeClient(options => options.ApplicationProtocols.Add(SslApplicationProtocol.Http11));
        using S2nContext judging = EarlyDataPair.MakeClient(options => options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null);
        foreach (S2nContext context in (S2nContext[])[withProtocols, judging])
        {
            await using var stream = new S2nStream(new MemoryStream());
            await Assert.ThrowsAsync<NotSupportedException>(() => stream.AuthenticateAsClientAsync(context, new S2nClientConnectionOptions { TargetHost = "localhost", TargetPort = 443, EarlyData = new byte[1] }));
            Assert.Throws<NotSupportedException>(() => stream.AuthenticateAsClient(context, new S2nClientConnectionOptions { TargetHost = "localhost", TargetPort = 443, EarlyData = new byte[1] }));
        }
    }

    private static async Task<(AuthenticationException Error, byte[] Read)> FailAsync(
        S2nContext client, S2nContext server, byte[] early, Action<byte[]>? change = null)
    {
        byte[] flight = await FirstFlightAsync(client, early);
        change?.Invoke(flight);
        (Stream attacker, Stream inner) = DuplexPipe.CreateStreams(pauseAt: 0);
        await using var stream = new S2nStream(inner);
        Task handshake = stream.AuthenticateAsServerAsync(server);
        await attacker.WriteAsync(flight);
        using var read = new MemoryStream();
        var heard = await Assert.ThrowsAsync<AuthenticationException>(async () =>
        {
            byte[] buffer = new byte[1000];
            int count;
            while ((count = await stream.ReadEarlyDataAsync(buffer).WithDeadline()) > 0)
            {
                read.Write(buffer, 0, count);
            }
        });
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => handshake.WithDeadline());
        Assert.Equal(error.Message, heard.Message);
        await attacker.DisposeAsync();
        return (error, read.ToArray());
    }

    private static async Task<byte[]> FirstFlightAsync(S2nContext client, byte[] early)
    {
        (Stream inner, Stream peer) = DuplexPipe.CreateStreams(pauseAt: 0);
        var tap = new HeldStream(inner, passed: 1);
        var stream = new S2nStream(tap);
        Task handshake = stream.AuthenticateAsClientAsync(client, new S2nClientConnectionOptions { TargetHost = "localhost", TargetPort = 443, EarlyData = early });
        while (tap.Written.Count == 0)
        {
            await Task.Delay(1);
        }

        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => handshake.WithDeadline());
        await peer.DisposeAsync();
        Assert.True(tap.Written[0].Length > early.Length);
        return tap.Written[0];
    }

    /// <summary>Makes its sessions believe that they allow far more than they do.</summary>
    private sealed class Greedy : S2nSessionCache
    {
        /// <summary>At the end of s2n's state: the size, a byte for the length of the application protocol, and two for that of the context.</summary>
        private const int FromEnd = sizeof(uint) + 1 + 2;

        private S2nSession? _session;

        public override ValueTask AddAsync(S2nSession session)
        {
            Assert.Equal(1000u, BinaryPrimitives.ReadUInt32BigEndian(session.State.AsSpan(session.State.Length - FromEnd)));
            BinaryPrimitives.WriteUInt32BigEndian(session.State.AsSpan(session.State.Length - FromEnd), 1_000_000);
            _session = session;
            return default;
        }

        public override ValueTask<S2nSession?> TakeAsync(S2nSessionOrigin origin, CancellationToken cancellationToken) => new(_session);
    }
}
