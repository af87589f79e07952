namespace S2nTls.Tests.Behaviours;

public class Seeking
{
    [Theory, OverPairs]
    public async Task CanSeek_is_false_in_every_stage(Pair pair)
    {
        await using Connection before = Connection.Create(pair);
        Assert.False(before.Subject.CanSeek);
        await using Connection tls = await Connection.OpenAsync(pair);
        Assert.False(tls.Subject.CanSeek);
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.False(tls.Subject.CanSeek);
    }

    [Theory, OverPairs]
    public async Task Seek_is_not_supported(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Assert.Throws<NotSupportedException>(() => tls.Subject.Seek(0, SeekOrigin.Begin));
        Assert.Throws<NotSupportedException>(() => tls.Subject.Seek(0, SeekOrigin.Current));
        Assert.Throws<NotSupportedException>(() => tls.Subject.Seek(0, SeekOrigin.End));
    }

    [Theory, OverPairs]
    public async Task Position_cannot_be_set(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Assert.Throws<NotSupportedException>(() => tls.Subject.Position = 0);
    }

    [Theory, OverPairs]
    public async Task Over_a_connection_there_is_no_length_and_no_position(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Assert.Throws<NotSupportedException>(() => tls.Subject.Length);
        Assert.Throws<NotSupportedException>(() => tls.Subject.Position);
        Assert.Throws<NotSupportedException>(() => tls.Subject.SetLength(1));
    }

    [Theory, OverKinds]
    public async Task Over_a_stream_that_has_a_length_it_is_still_not_that_of_the_data(Kind kind)
    {
        using var inner = new MemoryStream();
        inner.Write(new byte[7]);
        await using Stream stream = StreamKind.Of(kind).Create(inner, leaveOpen: true).Stream;
        Differences.LengthOfInnerStream.Differs(
            kind,
            ssl: () =>
            {
                Assert.Equal(7, stream.Length);
                Assert.Equal(7, stream.Position);
                stream.SetLength(3);
                Assert.Equal(3, inner.Length);
            },
            s2n: () =>
            {
                Assert.Throws<NotSupportedException>(() => stream.Length);
                Assert.Throws<NotSupportedException>(() => stream.Position);
                Assert.Throws<NotSupportedException>(() => stream.SetLength(3));
                Assert.Equal(7, inner.Length);
            });
    }
}
