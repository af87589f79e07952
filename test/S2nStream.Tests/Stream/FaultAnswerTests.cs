using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Nito.AsyncEx;
using S2nTls.EarlyData;
using S2nTls.Engine;
using S2nTls.Errors;
using S2nTls.Tests.PreSharedKeys;

namespace S2nTls.Tests.Streams;

/// <summary>
/// A call has met an error that is blinded, and another thread disposes before the call has come to answer it. The reader
/// is stopped there: what it does is done here, up to that point.
/// </summary>
public class FaultAnswerTests
{
    /// <summary>The least that s2n waits is a third of it.</summary>
    private static readonly TimeSpan s_maxDelay = TimeSpan.FromSeconds(3);

    /// <summary>A timer may be a little early, and the clocks are two.</summary>
    private static readonly TimeSpan s_leastDelay = (s_maxDelay / 3) - TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Disposal_between_a_fault_and_its_answer_ends_nothing_before_the_delay(bool whileTheReaderIsActive, bool asynchronously)
    {
        (TlsPair pair, WatchedStream inner) = await ReceiveTamperedAsync(SslProtocols.Tls13);
        S2nStream stream = pair.Server;
        ReadTurn turn = ReadTurnOf(stream);
        turn.Enter();
        Task disposal = Task.CompletedTask;
        if (whileTheReaderIsActive)
        {
            disposal = Task.Factory.StartNew(() => DisposeAsync(stream, asynchronously), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        }

        long start = Stopwatch.GetTimestamp();
        MeetFault(stream);
        turn.Leave();
        if (!whileTheReaderIsActive)
        {
            disposal = DisposeAsync(stream, asynchronously);
        }

        await disposal.WithDeadline();
        Task<long> answered = EndOf(stream.ErrorAnswered);

        // The peer hears an alert, and then the end.
        Assert.Equal(0, await pair.Client.ReadAsync(new byte[1]).WithDeadline());
        Assert.InRange(Stopwatch.GetElapsedTime(start, await inner.Closed.WithDeadline()), s_leastDelay, Deadline.Default);
        Assert.InRange(Stopwatch.GetElapsedTime(start, await answered.WithDeadline()), s_leastDelay, Deadline.Default);
        await pair.Client.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_leaves_the_transport_open_is_told_to_wait_from_the_fault_on(bool disposed)
    {
        (TlsPair pair, _) = await ReceiveTamperedAsync(SslProtocols.Tls13, leaveOpen: true);
        ReadTurn turn = ReadTurnOf(pair.Server);
        turn.Enter();
        long start = Stopwatch.GetTimestamp();
        MeetFault(pair.Server);
        turn.Leave();
        if (disposed)
        {
            await pair.Server.DisposeAsync().WithDeadline();
        }

        Assert.InRange(Stopwatch.GetElapsedTime(start, await EndOf(pair.Server.ErrorAnswered).WithDeadline()), s_leastDelay, Deadline.Default);
        await pair.Client.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fault_that_a_half_close_meets_is_answered_like_any_other(bool disposed)
    {
        // Before TLS 1.3 a half-close decrypts what has arrived.
        (TlsPair pair, WatchedStream inner) = await ReceiveTamperedAsync(SslProtocols.Tls12);
        long start = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<S2nException>(() => pair.Server.ShutdownWriteAsync().WithDeadline());
        if (disposed)
        {
            pair.Server.Dispose();
        }

        Task<long> answered = EndOf(pair.Server.ErrorAnswered);
        Assert.Equal(0, await pair.Client.ReadAsync(new byte[1]).WithDeadline());
        Assert.InRange(Stopwatch.GetElapsedTime(start), s_leastDelay, Deadline.Default);
        Assert.InRange(Stopwatch.GetElapsedTime(start, await answered.WithDeadline()), s_leastDelay, Deadline.Default);
        await pair.DisposeAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(start, await inner.Closed.WithDeadline()), s_leastDelay, Deadline.Default);
    }

    [Fact]
    public async Task Where_a_write_is_stuck_there_is_no_alert_and_the_end_comes_after_five_seconds()
    {
        using S2nContext server = TestContexts.MakeServer(options => options.MaxBlindingDelay = TimeSpan.Zero);
        (TlsPair pair, WatchedStream inner) = await ReceiveTamperedAsync(SslProtocols.Tls13, server: server);
        var unstuck = new AsyncManualResetEvent();
        inner.Gate = unstuck.WaitAsync();
        Task write = pair.Server.WriteAsync(new byte[10]).AsTask();
        Assert.Equal(1, inner.Writes);
        long start = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<S2nException>(() => pair.Server.ReadAsync(new byte[1]).AsTask().WithDeadline());
        await pair.Server.ErrorAnswered.WithDeadline();
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(4.9), Deadline.Default);
        Assert.Equal(1, inner.Writes);
        unstuck.Set();
        await write.WithDeadline();
        Assert.Equal(1, inner.Writes);
        await pair.DisposeAsync();
    }

    [Fact]
    public async Task A_peer_that_has_proved_who_it_is_does_not_wait_with_strangers()
    {
        using S2nPreSharedKey key = PreSharedKeyPair.Key("device");
        using S2nContext keyed = PreSharedKeyPair.MakeServer(key), keyedClient = PreSharedKeyPair.MakeClient(key);
        Assert.Equal(BlindingBudget.Identified, await BudgetAsync(keyedClient, keyed));

        using S2nContext asking = TestContexts.MakeServer(options =>
        {
            options.ClientCertificateMode = S2nClientCertificateMode.Optional;
            options.TrustedRoots = TestAuthority.Default.Roots;
            options.MaxBlindingDelay = s_maxDelay;
        });
        using S2nCertificate own = S2nCertificate.FromX509(TestAuthority.Default.Issue(forClients: true));
        using S2nContext certified = TestContexts.MakeClient(options => options.Certificate = own);
        Assert.Equal(BlindingBudget.Identified, await BudgetAsync(certified, asking));
        Assert.Equal(BlindingBudget.Anonymous, await BudgetAsync(null, asking));

        static async Task<BlindingBudget> BudgetAsync(S2nContext? client, S2nContext server)
        {
            (TlsPair pair, _) = await ReceiveTamperedAsync(SslProtocols.Tls13, server: server, client: client);
            MeetFault(pair.Server);
            await pair.Client.DisposeAsync();
            return ConnectionField(pair.Server)!.Fault!.BlindingBudget;
        }
    }

    /// <summary>A server's handshake that has failed takes the lock of its early data before it comes to its answer: it is stopped there.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposal_between_a_failed_handshake_and_its_answer_ends_nothing(bool leaveOpen)
    {
        (Stream client, Stream serverEnd) = DuplexPipe.CreateStreams();
        var inner = new WatchedStream(serverEnd);
        var stream = new S2nStream(inner, leaveOpen);
        Task handshake = stream.AuthenticateAsServerAsync((_, _, _) => ValueTask.FromResult<S2nContext?>(TestContexts.Server));
        await Deadline.Run(() =>
        {
            lock (LockField(EarlyDataField(stream)!))
            {
                client.Write([22, 3, 1, 0, 5, 1, 0, 0, 1, 0]); // a hello of one byte, which s2n answers after ten seconds or more
                Assert.True(SpinWait.SpinUntil(() => ConnectionField(stream)?.Fault is not null && !ReadTurnField(stream).IsActive, Deadline.Default));
                Assert.False(handshake.IsCompleted);
                stream.Dispose();
                Assert.False(stream.ErrorAnswered.IsCompleted);
                Assert.False(inner.IsClosed);
            }
        });
        await Assert.ThrowsAsync<AuthenticationException>(() => handshake.WithDeadline());
        Assert.False(inner.IsClosed);
        Assert.False(stream.ErrorAnswered.IsCompleted);
    }

    /// <summary>Two joined streams; the server has read a record, and has the next one, which was tampered with, in its buffer.</summary>
    private static async Task<(TlsPair Pair, WatchedStream ServerEnd)> ReceiveTamperedAsync(
        SslProtocols protocol, bool leaveOpen = false, S2nContext? server = null, S2nContext? client = null)
    {
        using S2nContext slow = TestContexts.MakeServer(options =>
        {
            options.MaxBlindingDelay = s_maxDelay;
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
        });
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        var tampering = new TamperingStream(clientEnd);
        var inner = new WatchedStream(serverEnd);
        TlsPair pair = await TlsPair.OverAsync(tampering, inner, protocol, client, server ?? slow, leaveOpen);
        await pair.Client.WriteAsync("good"u8.ToArray());
        tampering.Tampers = true;
        await pair.Client.WriteAsync("tampered with"u8.ToArray());
        await pair.Server.ReadExactlyAsync(new byte[4]).AsTask().WithDeadline();
        return (pair, inner);
    }

    private static void MeetFault(S2nStream stream) =>
        Assert.Equal("S2N_ERR_DECRYPT", Assert.Throws<S2nException>(() => ConnectionOf(stream)!.Decrypt(new byte[100], out _)).S2nErrorName);

    /// <summary>The moment at which something ends. To be asked before it does: on a slow machine the test may look again much later.</summary>
    private static Task<long> EndOf(Task task) => task.ContinueWith(
        _ => Stopwatch.GetTimestamp(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private static async Task DisposeAsync(S2nStream stream, bool asynchronously)
    {
        if (asynchronously)
        {
            await stream.DisposeAsync();
        }
        else
        {
            stream.Dispose();
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_connection")]
    private static extern ref TlsConnection? ConnectionField(S2nStream stream);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_readTurn")]
    private static extern ref ReadTurn ReadTurnField(S2nStream stream);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_earlyData")]
    private static extern ref EarlyDataBuffer? EarlyDataField(S2nStream stream);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_lock")]
    private static extern ref Lock LockField(EarlyDataBuffer buffer);

    private static TlsConnection? ConnectionOf(S2nStream stream) => ConnectionField(stream);

    private static ReadTurn ReadTurnOf(S2nStream stream) => ReadTurnField(stream);

    /// <summary>Tells when it is closed, and holds writes back.</summary>
    private sealed class WatchedStream(Stream inner) : WrappedStream(inner)
    {
        private readonly TaskCompletionSource<long> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Writes wait for it.</summary>
        public Task Gate { get; set; } = Task.CompletedTask;

        /// <summary>How many have begun since the gate was set.</summary>
        public int Writes { get; private set; }

        /// <summary>The moment at which it was closed.</summary>
        public Task<long> Closed => _closed.Task;

        public bool IsClosed => _closed.Task.IsCompleted;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes += Gate == Task.CompletedTask ? 0 : 1;
            await Gate.ConfigureAwait(false);
            await base.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        protected override void Dispose(bool disposing)
        {
            _closed.TrySetResult(Stopwatch.GetTimestamp());
            base.Dispose(disposing);
        }
    }
}
