namespace S2nTls.Tests.Behaviours;

/// <summary>The helpers of <see cref="Stream"/> that read until they have enough.</summary>
public class ReadingExactly
{
    [Theory, OverPairs]
    public async Task ReadExactlyAsync_joins_what_came_in_pieces(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        byte[] buffer = new byte[6];
        Task read = tls.Subject.ReadExactlyAsync(buffer).AsTask();
        await tls.Peer.SendAsync("ab");
        Assert.False(read.IsCompleted);
        await tls.Peer.SendAsync("cdefg");
        await read.WithDeadline();
        Assert.Equal("abcdef"u8.ToArray(), buffer);
        Assert.Equal('g', tls.Subject.ReadByte());
    }

    [Theory, OverPairs]
    public async Task ReadExactly_of_a_span_joins_what_came_in_pieces(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("ab");
        await tls.Peer.SendAsync("cd");
        byte[] buffer = new byte[4];
        tls.Subject.ReadExactly(buffer.AsSpan());
        Assert.Equal("abcd"u8.ToArray(), buffer);
    }

    [Theory, OverPairs]
    public async Task ReadExactly_of_an_array_fills_its_part(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("abcd");
        byte[] buffer = Calls.Bytes("------");
        tls.Subject.ReadExactly(buffer, 1, 4);
        Assert.Equal("-abcd-"u8.ToArray(), buffer);
    }

    [Theory, OverPairs]
    public async Task ReadExactly_beyond_the_end_throws_EndOfStreamException(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("abc");
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        await Calls.FailsAsync<EndOfStreamException>(() => tls.Subject.ReadExactlyAsync(new byte[4]).AsTask());
        Assert.Throws<EndOfStreamException>(() => tls.Subject.ReadExactly(new byte[1]));
    }

    [Theory, OverPairs]
    public async Task ReadExactly_of_nothing_returns_without_waiting(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Subject.ReadExactlyAsync(Memory<byte>.Empty).WithDeadline();
        tls.Subject.ReadExactly([]);
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task ReadAtLeastAsync_returns_when_it_has_the_minimum(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Task<int> read = tls.Subject.ReadAtLeastAsync(new byte[100], 3).AsTask();
        await tls.Peer.SendAsync("ab");
        Assert.False(read.IsCompleted);
        await tls.Peer.SendAsync("cd");
        Assert.InRange(await read.WithDeadline(), 3, 4);
    }

    [Theory, OverPairs]
    public async Task ReadAtLeast_returns_less_at_the_end_if_that_is_allowed(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("ab");
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        Assert.Equal(2, tls.Subject.ReadAtLeast(new byte[100], 50, throwOnEndOfStream: false));
        Assert.Equal(0, await tls.Subject.ReadAtLeastAsync(new byte[100], 50, throwOnEndOfStream: false).WithDeadline());
    }

    [Theory, OverPairs]
    public async Task ReadAtLeast_at_the_end_throws_EndOfStreamException(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        Assert.Throws<EndOfStreamException>(() => tls.Subject.ReadAtLeast(new byte[10], 1));
    }
}
