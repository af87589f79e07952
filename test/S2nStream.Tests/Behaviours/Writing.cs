using System.Security.Authentication;

namespace S2nTls.Tests.Behaviours;

public class Writing
{
    [Theory, OverPairs]
    public async Task WriteAsync_of_memory_reaches_the_peer(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        await tls.Subject.WriteAsync("memory"u8.ToArray().AsMemory()).WithDeadline();
        await tls.Peer.ExpectAsync("memory");
    }

    [Theory, OverPairs]
    public async Task WriteAsync_of_an_array_sends_only_the_part_that_it_was_given(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Subject.WriteAsync(Calls.Bytes("---part---"), 3, 4, CancellationToken.None).WithDeadline();
        await tls.Subject.SendAsync("!");
        await tls.Peer.ExpectAsync("part!");
    }

    [Theory, OverPairs]
    public async Task WriteAsync_of_an_array_without_a_token_reaches_the_peer(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Subject.WriteAsync(Calls.Bytes("array"), 0, 5).WithDeadline();
        await tls.Peer.ExpectAsync("array");
    }

    [Theory, OverPairs]
    public async Task Write_of_an_array_sends_only_the_part_that_it_was_given(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        tls.Subject.Write(Calls.Bytes("---part---"), 3, 4);
        tls.Subject.WriteByte((byte)'!');
        await tls.Peer.ExpectAsync("part!");
    }

    [Theory, OverPairs]
    public async Task Write_of_a_span_reaches_the_peer(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        Span<byte> data = stackalloc byte[3];
        "abc"u8.CopyTo(data);
        tls.Subject.Write(data);
        await tls.Peer.ExpectAsync("abc");
    }

    [Theory, OverPairs]
    public async Task Write_of_a_whole_array_reaches_the_peer(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        tls.SubjectEnd.Write(Calls.Bytes("whole"));
        await tls.Peer.ExpectAsync("whole");
    }

    [Theory, OverPairs]
    public async Task WriteByte_sends_every_value_there_is(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        for (int i = 0; i < 256; i++)
        {
            tls.Subject.WriteByte((byte)i);
        }

        byte[] received = new byte[256];
        await tls.Peer.ReadExactlyAsync(received).WithDeadline();
        Assert.Equal(Enumerable.Range(0, 256).Select(i => (byte)i), received);
    }

    [Theory, OverPairs]
    public async Task Writes_of_nothing_send_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        long before = inner.BytesWritten;
        await tls.Subject.WriteAsync(ReadOnlyMemory<byte>.Empty).WithDeadline();
        await tls.Subject.WriteAsync(new byte[3], 3, 0, CancellationToken.None).WithDeadline();
        tls.Subject.Write([], 0, 0);
        tls.Subject.Write([]);
        tls.SubjectEnd.Write([]);
        tls.Subject.EndWrite(tls.Subject.BeginWrite([], 0, 0, null, null));
        Assert.Equal(before, inner.BytesWritten);
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task Writes_arrive_in_their_order(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Subject.SendAsync("1");
        tls.Subject.Write("2"u8);
        tls.Subject.WriteByte((byte)'3');
        tls.Subject.Write(Calls.Bytes("4"), 0, 1);
        tls.SubjectEnd.Write(Calls.Bytes("5"));
        await tls.Subject.WriteAsync(Calls.Bytes("6"), 0, 1).WithDeadline();
        tls.Subject.EndWrite(tls.Subject.BeginWrite(Calls.Bytes("7"), 0, 1, null, null));
        await tls.Peer.ExpectAsync("1234567");
    }

    [Theory, OverPairs]
    public async Task A_large_write_arrives_whole(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        byte[] sent = Calls.Pattern(3_000_001);
        byte[] received = new byte[sent.Length];
        await Task.WhenAll(tls.Subject.WriteAsync(sent).AsTask(), tls.Peer.ReadExactlyAsync(received).AsTask()).WithDeadline();
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Theory, OverPairs]
    public async Task A_large_synchronous_write_arrives_whole(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        byte[] sent = Calls.Pattern(3_000_001);
        byte[] received = new byte[sent.Length];
        Task write = Calls.Blocking(() => tls.Subject.Write(sent.AsSpan()));
        await tls.Peer.ReadExactlyAsync(received).WithDeadline();
        await write.WithDeadline();
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Theory, OverPairs]
    public async Task Sizes_around_a_records_limit_arrive_whole(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol }, pauseAt: 0);
        foreach (int size in (int[])[16383, 16384, 16385, 32767, 32768, 32769, 65535, 65536, 65537])
        {
            byte[] sent = Calls.Pattern(size);
            await tls.Subject.WriteAsync(sent).WithDeadline();
            byte[] received = new byte[size];
            await tls.Peer.ReadExactlyAsync(received).WithDeadline();
            Assert.True(sent.AsSpan().SequenceEqual(received), $"size {size}");
        }
    }

    [Theory, OverPairs]
    public async Task Many_tiny_writes_arrive_whole(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        byte[] sent = Calls.Pattern(3000);
        Task write = Task.Run(async () =>
        {
            for (int i = 0; i < sent.Length; i++)
            {
                await tls.Subject.WriteAsync(sent.AsMemory(i, 1));
            }
        });
        byte[] received = new byte[sent.Length];
        await tls.Peer.ReadExactlyAsync(received).WithDeadline();
        await write.WithDeadline();
        Assert.Equal(sent, received);
    }

    [Theory, OverPairs]
    public async Task A_write_waits_where_the_inner_stream_has_no_room_and_goes_on_when_it_has(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, pauseAt: 4096);
        byte[] sent = Calls.Pattern(500_000);
        Task write = tls.Subject.WriteAsync(sent).AsTask();
        await Task.Delay(20);
        Assert.False(write.IsCompleted);
        byte[] received = new byte[sent.Length];
        await tls.Peer.ReadExactlyAsync(received).WithDeadline();
        await write.WithDeadline();
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Theory, OverPairs]
    public async Task A_write_that_finds_room_completes_at_once(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        ValueTask write = tls.Subject.WriteAsync(new byte[100]);
        Assert.True(write.IsCompletedSuccessfully);
        await write;
    }

    [Theory, OverPairs]
    public async Task A_write_does_not_change_the_callers_buffer(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, pauseAt: 0);
        byte[] data = Calls.Pattern(40_000);
        await tls.Subject.WriteAsync(data).WithDeadline();
        tls.Subject.Write(data);
        Assert.Equal(Calls.Pattern(40_000), data);
    }

    [Theory, OverPairs]
    public async Task The_buffer_is_the_callers_again_when_the_write_is_over(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        byte[] data = Calls.Bytes("first ");
        await tls.Subject.WriteAsync(data).WithDeadline();
        Array.Fill(data, (byte)'x');
        await tls.Subject.SendAsync("second");
        await tls.Peer.ExpectAsync("first second");
    }

    [Theory, OverPairs]
    public async Task What_goes_down_is_encrypted(Pair pair, SslProtocols protocol)
    {
        RecordingStream? recording = null;
        await using Connection tls = await Connection.OpenAsync(
            pair, new TlsSettings { Protocol = protocol }, wrap: inner => recording = new RecordingStream(inner));
        byte[] secret = Calls.Bytes("a secret that nobody reads on the way");
        await tls.Subject.WriteAsync(secret).WithDeadline();
        await tls.Peer.ExpectAsync("a secret that nobody reads on the way");
        Assert.True(recording!.Written.Length > secret.Length);
        Assert.Equal(-1, recording.Written.ToArray().AsSpan().IndexOf(secret.AsSpan(0, 8)));
    }

    private sealed class RecordingStream(Stream inner) : WrappedStream(inner)
    {
        public MemoryStream Written { get; } = new();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written.Write(buffer.Span);
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
