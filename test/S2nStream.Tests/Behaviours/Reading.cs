using System.Buffers;
using System.Security.Authentication;

namespace S2nTls.Tests.Behaviours;

public class Reading
{
    [Theory, OverPairs]
    public async Task ReadAsync_of_memory_gives_what_the_peer_wrote(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        await tls.Peer.SendAsync("hello");
        byte[] buffer = new byte[10];
        Assert.Equal(5, await tls.Subject.ReadAsync(buffer.AsMemory()).WithDeadline());
        Assert.Equal("hello", System.Text.Encoding.ASCII.GetString(buffer, 0, 5));
    }

    [Theory, OverPairs]
    public async Task ReadAsync_of_an_array_fills_only_the_part_that_it_was_given(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("abcdef");
        byte[] buffer = Calls.Bytes("----------");
        Assert.Equal(4, await tls.Subject.ReadAsync(buffer, 3, 4, CancellationToken.None).WithDeadline());
        Assert.Equal("---abcd---", System.Text.Encoding.ASCII.GetString(buffer));
    }

    [Theory, OverPairs]
    public async Task ReadAsync_of_an_array_without_a_token_gives_what_the_peer_wrote(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("xyz");
        byte[] buffer = new byte[3];
        Assert.Equal(3, await tls.Subject.ReadAsync(buffer, 0, 3).WithDeadline());
        Assert.Equal("xyz"u8.ToArray(), buffer);
    }

    [Theory, OverPairs]
    public async Task Read_of_an_array_fills_only_the_part_that_it_was_given(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("abcdef");
        byte[] buffer = Calls.Bytes("----------");
        Assert.Equal(4, tls.Subject.Read(buffer, 3, 4));
        Assert.Equal("---abcd---", System.Text.Encoding.ASCII.GetString(buffer));
    }

    [Theory, OverPairs]
    public async Task Read_of_a_span_gives_what_the_peer_wrote(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        await tls.Peer.SendAsync("span");
        Span<byte> buffer = stackalloc byte[10];
        int count = tls.Subject.Read(buffer);
        Assert.Equal("span", System.Text.Encoding.ASCII.GetString(buffer[..count]));
    }

    [Theory, OverPairs]
    public async Task ReadByte_gives_one_byte_after_the_other(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.WriteAsync(new byte[] { 0, 127, 255 }).WithDeadline();
        Assert.Equal(0, tls.Subject.ReadByte());
        Assert.Equal(127, tls.Subject.ReadByte());
        Assert.Equal(255, tls.Subject.ReadByte());
    }

    [Theory, OverPairs]
    public async Task Memory_that_no_array_stands_behind_is_filled_too(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        using var native = new NativeMemory(4);
        await tls.Peer.SendAsync("bare");
        Assert.Equal(4, await tls.Subject.ReadAsync(native.Memory).WithDeadline());
        Assert.Equal("bare"u8.ToArray(), native.Memory.ToArray());
    }

    [Theory, OverPairs]
    public async Task What_does_not_fit_is_there_for_the_next_read(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("abcdefghij");
        byte[] buffer = new byte[4];
        Assert.Equal(4, await tls.Subject.ReadAsync(buffer).WithDeadline());
        Assert.Equal("abcd"u8.ToArray(), buffer);
        Assert.Equal(4, tls.Subject.Read(buffer, 0, 4));
        Assert.Equal("efgh"u8.ToArray(), buffer);
        Assert.Equal('i', tls.Subject.ReadByte());
        Assert.Equal(1, await tls.Subject.ReadAsync(buffer).WithDeadline());
        Assert.Equal((byte)'j', buffer[0]);
    }

    [Theory, OverPairs]
    public async Task A_read_does_not_wait_until_its_buffer_is_full(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("x");
        Assert.Equal(1, await tls.Subject.ReadAsync(new byte[100_000]).WithDeadline());
    }

    [Theory, OverPairs]
    public async Task The_rest_of_the_buffer_is_left_as_it_was(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("xy");
        byte[] buffer = new byte[100];
        buffer.AsSpan().Fill(0xAA);
        Assert.Equal(2, await tls.Subject.ReadAsync(buffer).WithDeadline());
        Assert.All(buffer[2..], b => Assert.Equal(0xAA, b));
    }

    [Theory, OverPairs]
    public async Task A_read_takes_all_the_records_that_have_arrived(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("one");
        await tls.Peer.SendAsync("two");
        await tls.Peer.SendAsync("three");
        byte[] buffer = new byte[100];
        int first = await tls.Subject.ReadAsync(buffer).WithDeadline();
        Assert.Equal("onetwothree", System.Text.Encoding.ASCII.GetString(buffer, 0, first));
    }

    [Theory, OverPairs]
    public async Task A_read_waits_for_the_peer(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        byte[] buffer = new byte[10];
        Task<int> read = tls.Subject.ReadAsync(buffer).AsTask();
        await Task.Delay(20);
        Assert.False(read.IsCompleted);
        await tls.Peer.SendAsync("late");
        Assert.Equal(4, await read.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task A_synchronous_read_waits_for_the_peer(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        Task<int> read = Calls.Blocking(() => tls.Subject.Read(new byte[10], 0, 10));
        await Task.Delay(20);
        Assert.False(read.IsCompleted);
        await tls.Peer.SendAsync("late");
        Assert.Equal(4, await read.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task A_read_of_what_is_decrypted_already_completes_at_once(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("abc");
        Assert.Equal(1, await tls.Subject.ReadAsync(new byte[1]).WithDeadline());
        ValueTask<int> rest = tls.Subject.ReadAsync(new byte[10]);
        Assert.True(rest.IsCompletedSuccessfully);
        Assert.Equal(2, await rest);
    }

    [Theory, OverPairs]
    public async Task A_read_of_what_is_decrypted_already_does_not_touch_the_inner_stream(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        await tls.Peer.SendAsync("abc");
        Assert.Equal(1, await tls.Subject.ReadAsync(new byte[1]).WithDeadline());
        int before = inner.AsyncReads + inner.Reads;
        Assert.Equal('b', tls.Subject.ReadByte());
        Assert.Equal(1, await tls.Subject.ReadAsync(new byte[1]).WithDeadline());
        Assert.Equal(before, inner.AsyncReads + inner.Reads);
    }

    [Theory, OverPairs]
    public async Task Synchronous_and_asynchronous_reads_can_alternate(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        byte[] buffer = new byte[1];
        for (int i = 0; i < 20; i++)
        {
            await tls.Peer.WriteAsync(new byte[] { (byte)i, (byte)(100 + i) }).WithDeadline();
            Assert.Equal(1, i % 2 == 0 ? tls.Subject.Read(buffer.AsSpan()) : await tls.Subject.ReadAsync(buffer).WithDeadline());
            Assert.Equal(i, buffer[0]);
            Assert.Equal(1, i % 2 == 1 ? tls.Subject.Read(buffer, 0, 1) : await tls.Subject.ReadAsync(buffer).WithDeadline());
            Assert.Equal(100 + i, buffer[0]);
        }
    }

    [Theory, OverPairs]
    public async Task Data_of_many_records_arrives_whole_in_reads_of_every_size(Pair pair, SslProtocols protocol)
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        byte[] sent = Calls.Pattern(200_000);
        Task write = tls.Peer.WriteAsync(sent).AsTask();
        byte[] received = new byte[sent.Length];
        for (int at = 0; at < received.Length;)
        {
            int size = Math.Min(random.Next(1, 30_000), received.Length - at);
            int count = await tls.Subject.ReadAsync(received.AsMemory(at, size)).WithDeadline();
            Assert.InRange(count, 1, size);
            at += count;
        }

        await write.WithDeadline();
        Assert.True(sent.AsSpan().SequenceEqual(received), $"seed {seed}");
    }

    private sealed unsafe class NativeMemory(int length) : MemoryManager<byte>
    {
        private readonly byte* _start = (byte*)System.Runtime.InteropServices.NativeMemory.AllocZeroed((nuint)length);

        public override Span<byte> GetSpan() => new(_start, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

        public override void Unpin() { }

        protected override void Dispose(bool disposing) => System.Runtime.InteropServices.NativeMemory.Free(_start);
    }
}
