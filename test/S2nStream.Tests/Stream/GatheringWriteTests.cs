using System.Buffers;
using System.IO.Pipelines;
using System.Security.Authentication;
using S2nTls.Tests.Engine;

namespace S2nTls.Tests.Streams;

public class GatheringWriteTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, 0)]
    [InlineData(SslProtocols.Tls13, 0)]
    [InlineData(SslProtocols.Tls13, 1)]
    [InlineData(SslProtocols.Tls13, 2)]
    [InlineData(SslProtocols.Tls13, 3)]
    public async Task Pieces_of_any_number_and_size_arrive_as_one(SslProtocols protocol, int kind)
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        await using TlsPair pair = await TlsPair.InMemoryAsync(protocol, pauseAt: 0);
        for (int i = 0; i < 20; i++)
        {
            byte[] data = new byte[random.Next(1, 300_000)];
            random.NextBytes(data);
            ReadOnlySequence<byte> pieces = Cut(data, () => kind switch
            {
                0 => random.Next(1, 40_000),
                1 => 1 + random.Next(3), // far more pieces than s2n is given at a time
                2 => random.Next(2) == 0 ? 0 : random.Next(100_000),
                _ => 16_384,
            });
            byte[] received = new byte[data.Length];
            await pair.Client.WriteAsync(pieces).WithDeadline();
            await pair.Server.ReadExactlyAsync(received).AsTask().WithDeadline();
            Assert.True(data.AsSpan().SequenceEqual(received), $"seed {seed}");
        }
    }

    [Fact]
    public async Task What_a_pipe_holds_is_written_as_it_is()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        S2nStream tls = pair.Client;
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("head and body"u8.ToArray());
        await pipe.Writer.CompleteAsync();
        PipeReader reader = pipe.Reader;

        #region snippet gathering-write
        ReadResult result = await reader.ReadAsync();
        await tls.WriteAsync(result.Buffer); // one operation, however many pieces it is in
        reader.AdvanceTo(result.Buffer.End);
        #endregion

        byte[] received = new byte[13];
        await pair.Server.ReadExactlyAsync(received).AsTask().WithDeadline();
        Assert.Equal("head and body"u8.ToArray(), received);
    }

    [Fact]
    public async Task Small_pieces_share_a_record()
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        var written = new RecordSizes(clientEnd);
        await using TlsPair pair = await TlsPair.OverAsync(written, serverEnd);
        written.Take();
        await pair.Client.WriteAsync(Cut(new byte[1000], () => 100));
        Assert.InRange(Assert.Single(written.Take()), 1000, 1100);
    }

    [Fact]
    public async Task Nothing_sends_nothing()
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        var written = new RecordSizes(clientEnd);
        await using TlsPair pair = await TlsPair.OverAsync(written, serverEnd);
        written.Take();
        await pair.Client.WriteAsync(ReadOnlySequence<byte>.Empty);
        Assert.Empty(written.Take());
    }

    [Fact]
    public async Task Cancelled_before_it_begins_it_sends_nothing()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Client.WriteAsync(Cut(new byte[10], () => 3), new CancellationToken(true)).AsTask());
        await pair.Client.WriteAsync(Cut("hello"u8.ToArray(), () => 2));
        byte[] received = new byte[5];
        await pair.Server.ReadExactlyAsync(received).AsTask().WithDeadline();
        Assert.Equal("hello"u8.ToArray(), received);
    }

    [Fact]
    public async Task A_closed_write_side_refuses_it()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        await pair.Client.ShutdownWriteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Client.WriteAsync(Cut(new byte[10], () => 3)).AsTask());
    }

    private static ReadOnlySequence<byte> Cut(byte[] data, Func<int> size)
    {
        Segment first = new(data.AsMemory(0, 0), 0);
        Segment last = first;
        for (int at = 0; at < data.Length;)
        {
            int count = Math.Min(size(), data.Length - at);
            last = last.Append(data.AsMemory(at, count));
            at += count;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        internal Segment(ReadOnlyMemory<byte> memory, long at) => (Memory, RunningIndex) = (memory, at);

        internal Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
