using S2nTls.Benchmarks.Streams;

namespace S2nTls.Tests.Performance;

/// <summary>
/// What calls leave on the managed heap, over an inner stream that allocates nothing: all of it, on whatever
/// thread. Alone, because the count is the whole process's.
/// </summary>
[Collection(nameof(Alone))]
public class AllocationTests
{
    private const int Calls = 100_000;

    /// <summary>For what else happens in a process meanwhile: the test runner's timers, the pool's cached builders. A byte a call; the smallest object has 24.</summary>
    private const long Slack = Calls;

    private readonly byte[] _data = new byte[1024];
    private readonly byte[] _received = new byte[1024];

    [Fact]
    public Task Writes_and_reads_that_complete_at_once_allocate_nothing() => AllocatesNothing((client, server) =>
    {
        Complete(client.WriteAsync(_data));
        Complete(server.ReadAsync(_received), _data.Length);
    });

    [Fact]
    public Task Synchronous_writes_and_reads_allocate_nothing() => AllocatesNothing((client, server) =>
    {
        client.Write(_data);
        Check(server.Read(_received) == _data.Length);
    });

    [Fact]
    public Task Reads_that_wait_allocate_nothing() => AllocatesNothing((client, server) =>
    {
        ValueTask<int> read = server.ReadAsync(_received);
        Check(!read.IsCompleted);
        Complete(client.WriteAsync(_data));
        Complete(read, _data.Length);
    });

    [Fact]
    public async Task Reads_that_wait_and_could_be_cancelled_allocate_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        await AllocatesNothing((client, server) =>
        {
            ValueTask<int> read = server.ReadAsync(_received, cancellation.Token);
            Complete(client.WriteAsync(_data, cancellation.Token));
            Complete(read, _data.Length);
        });
    }

    [Fact]
    public Task Zero_byte_reads_allocate_nothing() => AllocatesNothing((client, server) =>
    {
        ValueTask<int> wait = server.ReadAsync(Memory<byte>.Empty);
        Complete(client.WriteAsync(_data));
        Complete(wait, 0);
        Complete(server.ReadAsync(_received), _data.Length);
    });

    [Fact]
    public async Task Round_trips_over_TCP_on_two_threads_allocate_nothing()
    {
        const int Trips = 20_000;
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        await RoundTripsAsync(Trips / 2);
        long start = GC.GetTotalAllocatedBytes(precise: true);
        await RoundTripsAsync(Trips);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - start, 0, 12 * Trips); // half the smallest object: what the sockets and the pool need at times

        async Task RoundTripsAsync(int trips)
        {
            Task server = Task.Run(() => AnswerAsync(trips));
            for (int i = 0; i < trips; i++)
            {
                await pair.Client.WriteAsync(_data);
                await pair.Client.ReadExactlyAsync(_data);
            }

            await server.WithDeadline();
        }

        async Task AnswerAsync(int trips)
        {
            for (int i = 0; i < trips; i++)
            {
                await pair.Server.ReadExactlyAsync(_received);
                await pair.Server.WriteAsync(_received);
            }
        }
    }

    [Fact]
    public async Task A_handshake_allocates_at_most_4_KiB_an_end()
    {
        using S2nContext clientContext = TestContexts.MakeClient(options => options.AllowTlsResume = false);
        using S2nContext serverContext = TestContexts.MakeServer(options => options.AllowTlsResume = false);
        const int Handshakes = 200;
        long allocated = 0;
        for (int i = 0; i < 2 * Handshakes; i++)
        {
            (Stream client, Stream server) inner = DuplexMemoryStream.CreatePair();
            long start = GC.GetTotalAllocatedBytes(precise: true);
            (S2nStream client, S2nStream server) = await ConnectAsync(inner, clientContext, serverContext);
            await client.DisposeAsync();
            await server.DisposeAsync();
            allocated += i < Handshakes ? 0 : GC.GetTotalAllocatedBytes(precise: true) - start;
        }

        Assert.InRange(allocated / Handshakes, 0, 2 * 4096);
    }

    /// <param name="call">Synchronous, so that nothing of the test's own is in the count: over this inner stream all that is begun can be ended.</param>
    private static async Task AllocatesNothing(Action<Stream, Stream> call)
    {
        (S2nStream client, S2nStream server) = await ConnectAsync(DuplexMemoryStream.CreatePair(), TestContexts.ClientFor(default), TestContexts.ServerFor(default));
        await using (client)
        await using (server)
        {
            Repeat(Calls / 10); // compiles, and fills the pools
            long total = GC.GetTotalAllocatedBytes(precise: true);
            long here = GC.GetAllocatedBytesForCurrentThread();
            Repeat(Calls);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - here, 0, Slack);
            Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - total, 0, Slack);
        }

        void Repeat(int times)
        {
            for (int i = 0; i < times; i++)
            {
                call(client, server);
            }
        }
    }

    private static void Complete(ValueTask call)
    {
        Check(call.IsCompletedSuccessfully);
        call.GetAwaiter().GetResult();
    }

    private static void Complete(ValueTask<int> call, int expected)
    {
        Check(call.IsCompletedSuccessfully && call.GetAwaiter().GetResult() == expected);
    }

    /// <summary>xunit's assertions allocate.</summary>
    private static void Check(bool holds)
    {
        if (!holds)
        {
            Assert.Fail("A call did something else than it should.");
        }
    }

    private static async Task<(S2nStream Client, S2nStream Server)> ConnectAsync(
        (Stream Client, Stream Server) inner, S2nContext clientContext, S2nContext serverContext)
    {
        var client = new S2nStream(inner.Client);
        var server = new S2nStream(inner.Server);
        await Task.WhenAll(client.AuthenticateAsClientAsync(clientContext, "localhost"), server.AuthenticateAsServerAsync(serverContext)).WithDeadline();
        return (client, server);
    }
}
