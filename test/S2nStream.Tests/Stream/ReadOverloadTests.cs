using System.Security.Authentication;
using S2nTls.Transport;

namespace S2nTls.Tests.Streams;

/// <summary>Every way of reading gives the same bytes, over a socket and over a bare pipe.</summary>
public class ReadOverloadTests
{
    private static readonly byte[] s_data = [.. Enumerable.Range(0, 40_000).Select(i => (byte)(i * 7))];

    public static TheoryData<string, SslProtocols> Ways()
    {
        var rows = new TheoryData<string, SslProtocols>();
        foreach (string way in s_ways.Keys)
        {
            rows.Add(way, SslProtocols.Tls13);
            rows.Add(way, SslProtocols.Tls12);
        }

        return rows;
    }

    private static readonly Dictionary<string, Func<S2nStream, byte[], Task<int>>> s_ways = new()
    {
        ["ReadAsync(Memory)"] = async (stream, buffer) => await stream.ReadAsync(buffer.AsMemory()),
        ["ReadAsync(byte[])"] = (stream, buffer) => stream.ReadAsync(buffer, 0, buffer.Length, CancellationToken.None),
        ["Read(byte[])"] = (stream, buffer) => Blocking(() => stream.Read(buffer, 0, buffer.Length)),
        ["Read(Span)"] = (stream, buffer) => Blocking(() => stream.Read(buffer.AsSpan())),
        ["BeginRead/EndRead"] = (stream, buffer) => Task.Factory.FromAsync(stream.BeginRead, stream.EndRead, buffer, 0, buffer.Length, null),
        ["ReadByte"] = (stream, buffer) => Blocking(() =>
        {
            int count = 0;
            for (int value; count < buffer.Length && (value = stream.ReadByte()) >= 0; count++)
            {
                buffer[count] = (byte)value;
            }

            return count;
        }),
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Reads_all_bytes_and_then_zero(string way, SslProtocols protocol)
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync(protocol);
        await ReadAllAsync(pair, s_ways[way]);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Reads_all_bytes_and_then_zero_over_a_pipe(string way, SslProtocols protocol)
    {
        await using TlsPair pair = await TlsPair.OverPipesAsync(protocol);
        await ReadAllAsync(pair, s_ways[way]);
    }

    [Fact]
    public async Task CopyToAsync_and_CopyTo_copy_until_the_peers_end()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        Task send = SendAsync(pair.Client);
        using var copy = new MemoryStream();
        await pair.Server.CopyToAsync(copy).WithDeadline();
        await send.WithDeadline();
        Assert.Equal(s_data, copy.ToArray());

        send = SendAsync(pair.Server);
        copy.SetLength(0);
        await Deadline.Run(() => pair.Client.CopyTo(copy));
        await send.WithDeadline();
        Assert.Equal(s_data, copy.ToArray());
    }

    [Fact]
    public async Task ReadExactlyAsync_reads_over_record_boundaries_and_throws_at_the_end()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        Task send = SendAsync(pair.Client);
        byte[] all = new byte[s_data.Length];
        await pair.Server.ReadExactlyAsync(all).WithDeadline();
        Assert.Equal(s_data, all);
        await send.WithDeadline();
        await Assert.ThrowsAsync<EndOfStreamException>(() => pair.Server.ReadExactlyAsync(all).WithDeadline());
    }

    [Fact]
    public async Task Reader_and_writer_of_text_talk_in_lines()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        using var writer = new StreamWriter(pair.Client) { AutoFlush = true };
        using var reader = new StreamReader(pair.Server);
        await writer.WriteLineAsync("first");
        await writer.WriteLineAsync("zweite Zeile äöü");
        Assert.Equal("first", await reader.ReadLineAsync().WithDeadline());
        Assert.Equal("zweite Zeile äöü", await reader.ReadLineAsync().WithDeadline());
    }

    [Theory]
    [InlineData(null, 0, 0, typeof(ArgumentNullException))]
    [InlineData(10, -1, 5, typeof(ArgumentOutOfRangeException))]
    [InlineData(10, 0, -1, typeof(ArgumentOutOfRangeException))]
    [InlineData(10, 8, 3, typeof(ArgumentOutOfRangeException))]
    public async Task Array_arguments_are_checked(int? size, int offset, int count, Type expected)
    {
        byte[] buffer = size is { } length ? new byte[length] : null!;
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        S2nStream stream = pair.Client;
        Assert.Throws(expected, () => stream.Read(buffer, offset, count));
        Assert.Throws(expected, () => { _ = stream.ReadAsync(buffer, offset, count); });
        Assert.Throws(expected, () => stream.Write(buffer, offset, count));
        Assert.Throws(expected, () => { _ = stream.WriteAsync(buffer, offset, count); });
    }

    private static async Task ReadAllAsync(TlsPair pair, Func<S2nStream, byte[], Task<int>> read)
    {
        Task send = SendAsync(pair.Client);
        using var received = new MemoryStream();
        byte[] buffer = new byte[10_000];
        int count;
        while ((count = await read(pair.Server, buffer).WithDeadline()) > 0)
        {
            received.Write(buffer, 0, count);
        }

        await send.WithDeadline();
        Assert.Equal(s_data, received.ToArray());
        Assert.Equal(0, await read(pair.Server, buffer).WithDeadline());
    }

    private static async Task SendAsync(S2nStream stream)
    {
        await stream.WriteAsync(s_data);
        await stream.ShutdownWriteAsync();
    }

    private static Task<int> Blocking(Func<int> read) => Task.Factory.StartNew(
        read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
