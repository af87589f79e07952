namespace S2nTls.Tests.Streams;

public class WriteOverloadTests
{
    private static readonly byte[] s_data = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 13))];

    private static readonly Dictionary<string, Func<S2nStream, byte[], Task>> s_ways = new()
    {
        ["WriteAsync(ReadOnlyMemory)"] = async (stream, data) => await stream.WriteAsync(data.AsMemory()),
        ["WriteAsync(byte[])"] = (stream, data) => stream.WriteAsync(data, 0, data.Length),
        ["Write(byte[])"] = (stream, data) => Deadline.Run(() => stream.Write(data, 0, data.Length)),
        ["Write(whole byte[])"] = (stream, data) => Deadline.Run(() => stream.Write(data)),
        ["Write(ReadOnlySpan)"] = (stream, data) => Deadline.Run(() => stream.Write(data.AsSpan())),
        ["BeginWrite/EndWrite"] = (stream, data) => Task.Factory.FromAsync(stream.BeginWrite, stream.EndWrite, data, 0, data.Length, null),
        ["WriteByte"] = (stream, data) => Deadline.Run(() => Array.ForEach(data[..2000], stream.WriteByte)),
    };

    public static TheoryData<string> Ways() => [.. s_ways.Keys];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Writes_arrive_unchanged(string way)
    {
        await using TlsPair tcp = await TlsPair.OverTcpAsync();
        await CheckAsync(tcp, way);
        await using TlsPair pipes = await TlsPair.OverPipesAsync();
        await CheckAsync(pipes, way);
    }

    [Fact]
    public async Task A_write_has_handed_all_its_ciphertext_to_the_inner_stream_when_it_returns()
    {
        (Stream client, Stream server) = DuplexPipe.CreateStreams(pauseAt: 0);
        var counting = new CountingStream(client);
        await using TlsPair pair = await TlsPair.OverAsync(counting, server);
        long before = counting.Written;
        await pair.Client.WriteAsync(s_data).WithDeadline();
        Assert.InRange(counting.Written - before, s_data.Length, s_data.Length + 1000);
    }

    [Fact]
    public async Task An_empty_write_sends_nothing()
    {
        (Stream client, Stream server) = DuplexPipe.CreateStreams();
        var counting = new CountingStream(client);
        await using TlsPair pair = await TlsPair.OverAsync(counting, server);
        long before = counting.Written;
        await pair.Client.WriteAsync(ReadOnlyMemory<byte>.Empty).WithDeadline();
        pair.Client.Write([]);
        pair.Client.Write([], 0, 0);
        Assert.Equal(before, counting.Written);
    }

    [Fact]
    public async Task Flush_reaches_the_inner_stream()
    {
        (Stream client, Stream server) = DuplexPipe.CreateStreams();
        var counting = new CountingStream(client);
        await using TlsPair pair = await TlsPair.OverAsync(counting, server);
        int before = counting.Flushes;
        pair.Client.Flush();
        await pair.Client.FlushAsync().WithDeadline();
        Assert.Equal(before + 2, counting.Flushes);
    }

    private static async Task CheckAsync(TlsPair pair, string way)
    {
        Task write = s_ways[way](pair.Client, s_data);
        byte[] received = new byte[way == "WriteByte" ? 2000 : s_data.Length];
        await pair.Server.ReadExactlyAsync(received).WithDeadline();
        await write.WithDeadline();
        Assert.Equal(s_data[..received.Length], received);
    }

    private sealed class CountingStream(Stream inner) : WrappedStream(inner)
    {
        private long _written;

        public long Written => Volatile.Read(ref _written);

        public int Flushes { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            Interlocked.Add(ref _written, buffer.Length);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer);
            Interlocked.Add(ref _written, buffer.Length);
        }

        public override void Flush()
        {
            Flushes++;
            base.Flush();
        }

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            Flushes++;
            return base.FlushAsync(cancellationToken);
        }
    }
}
