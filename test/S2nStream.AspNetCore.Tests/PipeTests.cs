using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections;
using S2nTls.AspNetCore.Pipes;

namespace S2nTls.AspNetCore.Tests;

/// <summary>The pipe that a server reads and writes keeps to what pipes promise.</summary>
public class PipeTests
{
    [Fact]
    public async Task What_was_not_consumed_stays_and_what_was_examined_waits_for_more()
    {
        await using Connection connection = await Connection.CreateAsync();
        await connection.Client.WriteAsync("hello"u8.ToArray());
        ReadResult first = await connection.Input.ReadAsync().AsTask().WithDeadline();
        Assert.Equal("hello", Encoding.ASCII.GetString(first.Buffer));
        connection.Input.AdvanceTo(first.Buffer.GetPosition(2), first.Buffer.End);

        ValueTask<ReadResult> second = connection.Input.ReadAsync();
        Assert.False(second.IsCompleted);
        await connection.Client.WriteAsync(" world"u8.ToArray());
        ReadResult more = await second.AsTask().WithDeadline();

        Assert.Equal("llo world", Encoding.ASCII.GetString(more.Buffer));
        connection.Input.AdvanceTo(more.Buffer.Start, more.Buffer.GetPosition(1)); // not all examined
        Assert.True(connection.Input.TryRead(out ReadResult again));
        Assert.Equal(9, again.Buffer.Length);
        connection.Input.AdvanceTo(again.Buffer.End);
        Assert.False(connection.Input.TryRead(out _));
    }

    [Fact]
    public async Task Data_is_read_through_many_blocks_whatever_is_consumed()
    {
        await using Connection connection = await Connection.CreateAsync();
        byte[] data = RandomNumberGenerator.GetBytes(300_000);
        Task write = connection.Client.WriteAsync(data).AsTask();
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        var got = new ArrayBufferWriter<byte>();
        while (got.WrittenCount < data.Length)
        {
            ReadResult result = await connection.Input.ReadAsync().AsTask().WithDeadline();
            ReadOnlySequence<byte> taken = result.Buffer.Slice(0, random.NextInt64(result.Buffer.Length + 1));
            foreach (ReadOnlyMemory<byte> piece in taken)
            {
                got.Write(piece.Span);
            }

            bool moreComes = got.WrittenCount + result.Buffer.Length - taken.Length < data.Length;
            connection.Input.AdvanceTo(taken.End, moreComes && random.Next(2) == 0 ? result.Buffer.End : taken.End);
        }

        await write.WithDeadline();
        Assert.True(data.AsSpan().SequenceEqual(got.WrittenSpan), $"seed {seed}");
    }

    [Fact]
    public async Task The_peers_end_completes_reads()
    {
        await using Connection connection = await Connection.CreateAsync();
        await connection.Client.WriteAsync("last"u8.ToArray());
        await connection.Client.ShutdownWriteAsync();

        ReadResult result = await connection.Input.ReadAsync().AsTask().WithDeadline();
        if (!result.IsCompleted)
        {
            connection.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            result = await connection.Input.ReadAsync().AsTask().WithDeadline();
        }

        Assert.True(result.IsCompleted);
        Assert.Equal("last", Encoding.ASCII.GetString(result.Buffer));
    }

    [Fact]
    public async Task A_read_that_waits_can_be_cancelled_and_nothing_is_lost()
    {
        await using Connection connection = await Connection.CreateAsync();
        for (int i = 0; i < 20; i++)
        {
            ValueTask<ReadResult> waiting = connection.Input.ReadAsync();
            connection.Input.CancelPendingRead();
            ReadResult cancelled = await waiting.AsTask().WithDeadline();
            Assert.True(cancelled.IsCanceled);
            connection.Input.AdvanceTo(cancelled.Buffer.Start);

            connection.Input.CancelPendingRead(); // where nobody waits, the next one is cancelled, and no other
            Assert.True((await connection.Input.ReadAsync().AsTask().WithDeadline()).IsCanceled);
            ValueTask<ReadResult> next = connection.Input.ReadAsync();
            await connection.Client.WriteAsync("x"u8.ToArray());
            ReadResult got = await next.AsTask().WithDeadline();
            Assert.False(got.IsCanceled);
            Assert.Equal(1, got.Buffer.Length);
            connection.Input.AdvanceTo(got.Buffer.End);
        }
    }

    [Fact]
    public async Task A_cancellation_that_comes_together_with_a_part_of_a_record_ends_the_read()
    {
        var continuations = new HeldScheduler();
        await using Connection connection = await Connection.CreateAsync(new PipeOptions(readerScheduler: continuations));
        ValueTask<ReadResult> waiting = connection.Input.ReadAsync();
        byte[] record = await connection.InterceptAsync(new byte[5000]);

        continuations.IsHolding = true;
        await connection.InjectAsync(record.AsMemory(0, 1000));
        connection.Input.CancelPendingRead();
        continuations.Release();

        ReadResult cancelled = await waiting.AsTask().WithDeadline();
        Assert.True(cancelled.IsCanceled);
        Assert.True(cancelled.Buffer.IsEmpty);
        connection.Input.AdvanceTo(cancelled.Buffer.Start);
        await connection.InjectAsync(record.AsMemory(1000));
        ReadResult whole = await connection.Input.ReadAtLeastAsync(5000).AsTask().WithDeadline();
        Assert.False(whole.IsCanceled);
        Assert.Equal(5000, whole.Buffer.Length);
    }

    [Fact]
    public async Task A_token_ends_a_read_and_nothing_is_lost()
    {
        await using Connection connection = await Connection.CreateAsync();
        using var cancellation = new CancellationTokenSource();
        ValueTask<ReadResult> waiting = connection.Input.ReadAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.AsTask().WithDeadline());

        await connection.Client.WriteAsync("x"u8.ToArray());
        Assert.Equal(1, (await connection.Input.ReadAsync().AsTask().WithDeadline()).Buffer.Length);
    }

    [Fact]
    public async Task A_transport_that_is_aborted_ends_reads_with_its_own_exception()
    {
        await using Connection connection = await Connection.CreateAsync();
        ValueTask<ReadResult> waiting = connection.Input.ReadAsync();
        connection.AbortTransport(new ConnectionAbortedException("gone"));

        await Assert.ThrowsAsync<ConnectionAbortedException>(() => waiting.AsTask().WithDeadline());
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => connection.Input.ReadAsync().AsTask().WithDeadline());
    }

    [Fact]
    public async Task Many_small_writes_share_a_record()
    {
        await using Connection connection = await Connection.CreateAsync();
        long before = connection.Server.WireBytesSent;
        for (int i = 0; i < 1000; i++)
        {
            connection.Output.Write("ten bytes."u8);
        }

        await connection.Output.FlushAsync().AsTask().WithDeadline();

        Assert.InRange(connection.Server.WireBytesSent - before, 10_000, 10_000 + 100); // a record costs 22 bytes
        byte[] got = new byte[10_000];
        await connection.Client.ReadExactlyAsync(got).AsTask().WithDeadline();
        Assert.Equal(0, connection.Output.UnflushedBytes);
    }

    [Fact]
    public async Task A_flush_that_is_given_up_goes_on_and_the_next_follows_it()
    {
        await using Connection connection = await Connection.CreateAsync();
        byte[] data = RandomNumberGenerator.GetBytes(3_000_000);
        connection.Output.Write(data.AsSpan(0, 1_000_000));
        ValueTask<FlushResult> first = connection.Output.FlushAsync();
        Assert.False(first.IsCompleted); // the transport takes less
        connection.Output.CancelPendingFlush();
        Assert.True((await first.AsTask().WithDeadline()).IsCanceled);

        using var cancellation = new CancellationTokenSource();
        connection.Output.Write(data.AsSpan(1_000_000, 1_000_000));
        ValueTask<FlushResult> second = connection.Output.FlushAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.AsTask().WithDeadline());

        connection.Output.Write(data.AsSpan(2_000_000));
        Task<FlushResult> third = connection.Output.FlushAsync().AsTask();
        byte[] got = new byte[data.Length];
        await connection.Client.ReadExactlyAsync(got).AsTask().WithDeadline();

        Assert.False((await third.WithDeadline()).IsCanceled);
        Assert.True(data.AsSpan().SequenceEqual(got));
    }

    [Fact]
    public async Task A_cancellation_without_a_flush_is_for_the_next_one()
    {
        await using Connection connection = await Connection.CreateAsync();
        connection.Output.CancelPendingFlush();
        connection.Output.Write("kept"u8);

        Assert.True((await connection.Output.FlushAsync().AsTask().WithDeadline()).IsCanceled);
        Assert.False((await connection.Output.FlushAsync().AsTask().WithDeadline()).IsCanceled);

        byte[] got = new byte[4];
        await connection.Client.ReadExactlyAsync(got).AsTask().WithDeadline();
        Assert.Equal("kept"u8.ToArray(), got);
    }

    [Fact]
    public async Task Flushes_to_a_peer_that_has_gone_are_completed_and_throw_nothing()
    {
        await using Connection connection = await Connection.CreateAsync();
        connection.CloseTransport();

        FlushResult result = default;
        for (int i = 0; i < 100 && !result.IsCompleted; i++)
        {
            connection.Output.Write(new byte[10_000]);
            result = await connection.Output.FlushAsync().AsTask().WithDeadline();
        }

        Assert.True(result.IsCompleted);
        Assert.True((await connection.Output.FlushAsync().AsTask().WithDeadline()).IsCompleted);
    }

    [Fact]
    public async Task Completing_sends_what_was_not_flushed()
    {
        await using Connection connection = await Connection.CreateAsync();
        connection.Output.Write("last words"u8);
        await connection.Output.CompleteAsync().AsTask().WithDeadline();

        byte[] got = new byte[10];
        await connection.Client.ReadExactlyAsync(got).AsTask().WithDeadline();
        Assert.Throws<InvalidOperationException>(() => connection.Output.GetMemory());
    }

    [Fact]
    public async Task Completing_waits_for_a_flush_that_was_given_up()
    {
        Connection connection = await Connection.CreateAsync();
        byte[] data = RandomNumberGenerator.GetBytes(1_000_000);
        connection.Output.Write(data);
        ValueTask<FlushResult> flush = connection.Output.FlushAsync();
        connection.Output.CancelPendingFlush();
        Assert.True((await flush.AsTask().WithDeadline()).IsCanceled);

        Task disposed = connection.DisposeServerAsync();
        byte[] got = new byte[data.Length];
        await connection.Client.ReadExactlyAsync(got).AsTask().WithDeadline();

        Assert.Equal(0, await connection.Client.ReadAsync(new byte[1]).AsTask().WithDeadline()); // close_notify
        Assert.True(data.AsSpan().SequenceEqual(got));
        await disposed.WithDeadline();
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Completing_sends_what_was_not_flushed_though_a_cancellation_is_left_over()
    {
        await using Connection connection = await Connection.CreateAsync();
        connection.Output.Write("last words"u8);
        connection.Output.CancelPendingFlush();
        await connection.Output.CompleteAsync().AsTask().WithDeadline();

        byte[] got = new byte[10];
        await connection.Client.ReadExactlyAsync(got).AsTask().WithDeadline();
        Assert.Equal("last words"u8.ToArray(), got);
    }

    [Fact]
    public async Task A_flush_that_is_cancelled_beforehand_sends_all_the_same()
    {
        await using Connection connection = await Connection.CreateAsync();
        connection.Output.CancelPendingFlush();
        connection.Output.Write("kept"u8);
        Assert.True((await connection.Output.FlushAsync().AsTask().WithDeadline()).IsCanceled);

        byte[] got = new byte[4];
        await connection.Client.ReadExactlyAsync(got).AsTask().WithDeadline();
        Assert.Equal("kept"u8.ToArray(), got);
    }

    [Fact]
    public async Task Completing_without_waiting_sends_what_was_not_flushed()
    {
        await using Connection connection = await Connection.CreateAsync();
        byte[] data = RandomNumberGenerator.GetBytes(1_000_000);
        connection.Output.Write(data);
        connection.Output.Complete();
        Task disposed = connection.DisposeServerAsync();

        byte[] got = new byte[data.Length];
        await connection.Client.ReadExactlyAsync(got).AsTask().WithDeadline();
        Assert.Equal(0, await connection.Client.ReadAsync(new byte[1]).AsTask().WithDeadline()); // close_notify
        Assert.True(data.AsSpan().SequenceEqual(got));
        await disposed.WithDeadline();
    }

    [Fact]
    public async Task Completing_with_an_exception_sends_nothing_more()
    {
        await using Connection connection = await Connection.CreateAsync();
        connection.Output.Write("never"u8);
        await connection.Output.CompleteAsync(new IOException("failed")).AsTask().WithDeadline();
        Task disposed = connection.DisposeServerAsync();

        Assert.Equal(0, await connection.Client.ReadAsync(new byte[10]).AsTask().WithDeadline());
        await disposed.WithDeadline();
    }

    [Fact]
    public async Task Flushes_that_the_stream_refuses_throw_and_none_waits_for_ever()
    {
        await using Connection connection = await Connection.CreateAsync();
        Task own = connection.Server.WriteAsync(new byte[1_000_000]).AsTask(); // the application's, past the pipe
        Assert.False(own.IsCompleted);
        for (int i = 0; i < 2; i++)
        {
            connection.Output.Write("beside it"u8);
            await Assert.ThrowsAsync<NotSupportedException>(() => connection.Output.FlushAsync().AsTask().WithDeadline());
        }

        await connection.Client.ReadExactlyAsync(new byte[1_000_000]).AsTask().WithDeadline();
        await own.WithDeadline();
    }

    [Fact]
    public async Task Reads_and_flushes_in_the_steady_state_allocate_nothing()
    {
        await using Connection connection = await Connection.CreateAsync();
        byte[] message = new byte[100];
        long least = long.MaxValue;
        for (int round = 0; round < 1000; round++)
        {
            await connection.Client.WriteAsync(message);
            least = Math.Min(least, Exchange(connection, message));
            await connection.Client.ReadExactlyAsync(message);
        }

        Assert.Equal(0, least);
    }

    /// <summary>What has come is read, and answered.</summary>
    /// <returns>How much was allocated by that.</returns>
    private static long Exchange(Connection connection, byte[] answer)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
#pragma warning disable CA2012 // both have completed: it has come, and the transport has room
        connection.Input.AdvanceTo(connection.Input.ReadAsync().Result.Buffer.End);
        connection.Output.Write(answer);
        _ = connection.Output.FlushAsync().Result;
#pragma warning restore CA2012
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>A client, and a server's pipe over pipes in memory, as a server's transport is.</summary>
    private sealed class Connection : IAsyncDisposable
    {
        private readonly S2nDuplexPipe _pipe;
        private readonly IDuplexPipe _transport;

        private Connection(S2nStream client, S2nStream server, IDuplexPipe transport)
        {
            Client = client;
            Server = server;
            _transport = transport;
            _pipe = new S2nDuplexPipe(server, transport, new KeptBlocks());
        }

        public S2nStream Client { get; }

        public S2nStream Server { get; }

        public PipeReader Input => _pipe.Input;

        public PipeWriter Output => _pipe.Output;

        public static async Task<Connection> CreateAsync(PipeOptions? toServerOptions = null)
        {
            var toServer = new Pipe(toServerOptions ?? PipeOptions.Default);
            var toClient = new Pipe();
            var clientEnd = new Ends(toClient.Reader, new Interceptable(toServer.Writer));
            var serverEnd = new Ends(toServer.Reader, toClient.Writer);
            var client = new S2nStream(clientEnd);
            var server = new S2nStream(serverEnd, leaveTransportOpen: true);
            await Task.WhenAll(
                client.AuthenticateAsClientAsync(TestContexts.Client, "localhost"),
                server.AuthenticateAsServerAsync(TestContexts.Server)).WithDeadline();
            return new Connection(client, server, new Both(serverEnd, clientEnd));
        }

        /// <summary>The ciphertext of what the client writes, which does not reach the server.</summary>
        public async Task<byte[]> InterceptAsync(byte[] data)
        {
            var intercepted = new ArrayBufferWriter<byte>();
            ToServer.Instead = intercepted;
            await Client.WriteAsync(data).AsTask().WithDeadline();
            ToServer.Instead = null;
            return intercepted.WrittenSpan.ToArray();
        }

        public async Task InjectAsync(ReadOnlyMemory<byte> ciphertext) => await ToServer.WriteAsync(ciphertext).AsTask().WithDeadline();

        private Interceptable ToServer => (Interceptable)((Both)_transport).Peer.Output;

        /// <summary>The client's end of the transport goes, without a word.</summary>
        public void CloseTransport() => ((Both)_transport).Peer.Input.Complete();

        /// <summary>As a server's transport does when it gives a connection up.</summary>
        public void AbortTransport(Exception reason) => ((Both)_transport).Peer.Output.Complete(reason);

        /// <summary>As a server does when a connection has been served.</summary>
        public async Task DisposeServerAsync()
        {
            await _pipe.CompleteAsync();
            await Server.DisposeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await DisposeServerAsync();
            await Client.DisposeAsync();
        }

        /// <summary>What is written goes elsewhere for a while.</summary>
        private sealed class Interceptable(PipeWriter writer) : PipeWriter
        {
            public ArrayBufferWriter<byte>? Instead { get; set; }

            public override Memory<byte> GetMemory(int sizeHint = 0) => Instead?.GetMemory(sizeHint) ?? writer.GetMemory(sizeHint);

            public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

            public override void Advance(int bytes)
            {
                if (Instead is null)
                {
                    writer.Advance(bytes);
                }
                else
                {
                    Instead.Advance(bytes);
                }
            }

            public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
                Instead is null ? writer.FlushAsync(cancellationToken) : default;

            public override void CancelPendingFlush() => writer.CancelPendingFlush();

            public override void Complete(Exception? exception = null) => writer.Complete(exception);
        }

        private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;

        private sealed record Both(IDuplexPipe Own, IDuplexPipe Peer) : IDuplexPipe
        {
            public PipeReader Input => Own.Input;

            public PipeWriter Output => Own.Output;
        }
    }

    /// <summary>Runs what it is given later, while it is told to hold it.</summary>
    private sealed class HeldScheduler : PipeScheduler
    {
        private readonly Queue<Action> _held = new();

        public bool IsHolding { get; set; }

        public void Release()
        {
            IsHolding = false;
            while (_held.TryDequeue(out Action? run))
            {
                run();
            }
        }

        public override void Schedule(Action<object?> action, object? state)
        {
            if (IsHolding)
            {
                _held.Enqueue(() => action(state));
            }
            else
            {
                ThreadPool.Schedule(action, state);
            }
        }
    }
}
