using System.Net.Sockets;
using System.Security.Authentication;

namespace S2nTls.Tests.Behaviours;

/// <summary>Inner streams of every temper.</summary>
public class OverInnerStreams
{
    [Theory, OverPairs]
    public async Task One_that_gives_a_byte_at_a_time(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol }, wrap: inner => new DrippingStream(inner));
        await tls.ExpectAliveAsync();
        byte[] sent = Calls.Pattern(20_000);
        await tls.Peer.WriteAsync(sent).WithDeadline();
        byte[] received = new byte[sent.Length];
        await tls.Subject.ReadExactlyAsync(received.AsMemory(0, 10_000)).WithDeadline();
        tls.Subject.ReadExactly(received.AsSpan(10_000));
        Assert.Equal(sent, received);
    }

    [Theory, OverPairs]
    public async Task One_that_never_completes_at_once(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol }, wrap: inner => new YieldingStream(inner));
        await EchoAsync(tls);
    }

    [Theory, OverPairs]
    public async Task One_that_always_completes_at_once(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol }, wrap: inner => new BlockingStream(inner));
        await EchoAsync(tls);
    }

    [Theory, OverPairs]
    public async Task One_that_buffers_until_it_is_flushed_needs_a_flush(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new BufferedStream(inner, 64 * 1024));
        await tls.Subject.SendAsync("data");
        Task<int> read = tls.Peer.ReadAsync(new byte[10]).AsTask();
        await Task.Delay(20);
        Assert.False(read.IsCompleted);
        await tls.Subject.FlushAsync().WithDeadline();
        Assert.Equal(4, await read.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task One_that_throws_while_reading_is_heard_and_may_be_tried_again(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner));
        var inner = (FailingStream)tls.SubjectEnd.Inner;
        inner.OnRead = new IOException("from below");
        Assert.Same(inner.OnRead, await Calls.FailsAsync<IOException>(() => tls.Subject.ReadAsync(new byte[1]).AsTask()));
        Assert.Same(inner.OnRead, Assert.Throws<IOException>(() => tls.Subject.Read(new byte[1], 0, 1)));
        inner.OnRead = null;
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task One_that_throws_something_unusual_while_reading_is_heard(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner));
        foreach (Exception failure in (Exception[])[new NotSupportedException("odd"), new ObjectDisposedException("odd"), new SocketException()])
        {
            ((FailingStream)tls.SubjectEnd.Inner).OnRead = failure;
            Heard(failure, await Calls.FailsAsync<Exception>(() => tls.Subject.ReadAsync(new byte[1]).AsTask()));
            Heard(failure, Assert.ThrowsAny<Exception>(() => tls.Subject.ReadByte()));
        }
    }

    [Theory, OverPairs]
    public async Task One_that_is_cancelled_by_somebody_else_while_reading_is_heard(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner));
        var failure = new OperationCanceledException("not by the caller");
        ((FailingStream)tls.SubjectEnd.Inner).OnRead = failure;
        Heard(failure, await Calls.FailsAsync<Exception>(() => tls.Subject.ReadAsync(new byte[1]).AsTask()));
    }

    [Theory, OverPairs]
    public async Task One_that_was_disposed_under_it_is_heard(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        tls.SubjectEnd.Inner.Dispose();
        await Calls.FailsAsync<IOException>(() => tls.Subject.ReadAsync(new byte[1]).AsTask());
        await Calls.FailsAsync<IOException>(() => tls.Subject.WriteAsync(new byte[1]).AsTask());
    }

    [Theory, OverPairs]
    public async Task One_that_throws_while_reading_does_not_disturb_writes(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner));
        var inner = (FailingStream)tls.SubjectEnd.Inner;
        inner.OnRead = new IOException("from below");
        await Calls.FailsAsync<IOException>(() => tls.Subject.ReadAsync(new byte[1]).AsTask());
        await tls.Subject.SendAsync("data");
        await tls.Peer.ExpectAsync("data");
        Assert.True(tls.Subject.CanRead && tls.Subject.CanWrite && tls.Subject.IsAuthenticated);
    }

    [Theory, OverPairs]
    public async Task One_that_throws_while_writing_is_heard(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner));
        var inner = (FailingStream)tls.SubjectEnd.Inner;
        inner.OnWrite = new IOException("from below");
        Assert.Same(inner.OnWrite, await Calls.FailsAsync<IOException>(() => tls.Subject.WriteAsync(new byte[1]).AsTask()));
        Assert.Same(inner.OnWrite, Assert.Throws<IOException>(() => tls.Subject.Write(new byte[1], 0, 1)));
        Assert.Same(inner.OnWrite, Assert.Throws<IOException>(() => tls.Subject.WriteByte(1)));
    }

    [Theory, OverPairs]
    public async Task One_that_throws_something_unusual_while_writing_is_heard(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner));
        var inner = (FailingStream)tls.SubjectEnd.Inner;
        inner.OnWrite = new NotSupportedException("odd");
        Heard(inner.OnWrite, await Calls.FailsAsync<Exception>(() => tls.Subject.WriteAsync(new byte[1]).AsTask()));
        Heard(inner.OnWrite, Assert.ThrowsAny<Exception>(() => tls.Subject.WriteByte(1)));
    }

    [Theory, OverPairs]
    public async Task One_that_has_thrown_while_writing_and_would_write_again(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner));
        var inner = (FailingStream)tls.SubjectEnd.Inner;
        var failure = new IOException("from below");
        inner.OnWrite = failure;
        await Calls.FailsAsync<IOException>(() => tls.Subject.WriteAsync(Calls.Bytes("lost")).AsTask());
        inner.OnWrite = null;
        await Differences.WriteAfterAFailedOne.DiffersAsync(
            tls.Kind,
            ssl: async () =>
            {
                await tls.Subject.SendAsync("next");
                await Calls.FailsAsync<IOException>(() => tls.Peer.ReadAsync(new byte[10]).AsTask());
            },
            s2n: async () => Assert.Same(failure, await Calls.FailsAsync<IOException>(() => tls.Subject.WriteAsync(Calls.Bytes("next")).AsTask())));
    }

    [Theory, OverPairs]
    public async Task One_that_throws_while_writing_does_not_disturb_reads(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner));
        ((FailingStream)tls.SubjectEnd.Inner).OnWrite = new IOException("from below");
        await Calls.FailsAsync<IOException>(() => tls.Subject.WriteAsync(new byte[1]).AsTask());
        await tls.Peer.SendAsync("data");
        await tls.Subject.ExpectAsync("data");
    }

    [Theory, OverPairs]
    public async Task One_that_throws_while_flushing_is_heard(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner));
        var inner = (FailingStream)tls.SubjectEnd.Inner;
        inner.OnFlush = new IOException("from below");
        Assert.Same(inner.OnFlush, Assert.Throws<IOException>(tls.Subject.Flush));
        Assert.Same(inner.OnFlush, await Calls.FailsAsync<IOException>(() => tls.Subject.FlushAsync()));
        inner.OnFlush = null;
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task One_that_throws_while_writing_the_end(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new FailingStream(inner));
        var inner = (FailingStream)tls.SubjectEnd.Inner;
        inner.OnWrite = new IOException("from below");
        Assert.Same(inner.OnWrite, await Calls.FailsAsync<IOException>(() => tls.SubjectEnd.ShutdownAsync()));
        Assert.False(tls.Subject.CanWrite);
    }

    [Theory, OverPairs]
    public async Task Synchronous_calls_make_no_asynchronous_ones(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        (int reads, int writes, int flushes) = (inner.AsyncReads, inner.AsyncWrites, inner.AsyncFlushes);
        await tls.Peer.SendAsync("data");
        Assert.Equal('d', tls.Subject.ReadByte());
        Assert.Equal(3, tls.Subject.Read(new byte[10], 0, 10));
        tls.Subject.Write(new byte[10], 0, 10);
        tls.Subject.WriteByte(1);
        tls.Subject.Flush();
        Assert.Equal((reads, writes, flushes), (inner.AsyncReads, inner.AsyncWrites, inner.AsyncFlushes));
        Assert.True(inner.Reads > 0 && inner.Writes > 0 && inner.Flushes > 0);
    }

    [Theory, OverPairs]
    public async Task Asynchronous_calls_make_no_synchronous_ones(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        await tls.Peer.SendAsync("data");
        Assert.Equal(4, await tls.Subject.ReadAsync(new byte[10]).WithDeadline());
        Assert.Equal(0, await ReadNothingAsync(tls));
        await tls.Subject.WriteAsync(new byte[10_000]).WithDeadline();
        await tls.Subject.FlushAsync().WithDeadline();
        Assert.Equal(0, inner.Reads + inner.Writes + inner.Flushes);
    }

    [Theory, OverPairs]
    public async Task A_small_write_is_one_write_below(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol }, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        int before = inner.AsyncWrites;
        await tls.Subject.WriteAsync(new byte[1000]).WithDeadline();
        Assert.Equal(before + 1, inner.AsyncWrites);
    }

    [Theory, OverPairs]
    public async Task A_large_write_is_a_few_writes_below(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner), pauseAt: 0);
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        int before = inner.AsyncWrites;
        await tls.Subject.WriteAsync(new byte[16 * 64 * 1024]).WithDeadline();
        Assert.InRange(inner.AsyncWrites - before, 1, Differences.RecordsPerInnerWrite.Of(tls.Kind, ssl: 64, s2n: 16));
    }

    [Theory, OverPairs]
    public async Task Another_TLS_stream_may_be_the_inner_stream(Pair pair)
    {
        await using Connection outer = await Connection.OpenAsync(pair);
        TlsEnd subject = pair.Subject().Create(outer.Subject);
        TlsEnd peer = pair.Peer().Create(outer.Peer);
        await Task.WhenAll(
            subject.AuthenticateAsync(pair.SubjectIsServer()),
            peer.AuthenticateAsync(!pair.SubjectIsServer())).WithDeadline();
        await subject.Stream.SendAsync("inside");
        await peer.Stream.ExpectAsync("inside");
        byte[] sent = Calls.Pattern(200_000);
        Task write = peer.Stream.WriteAsync(sent).AsTask();
        byte[] received = new byte[sent.Length];
        await subject.Stream.ReadExactlyAsync(received).WithDeadline();
        await write.WithDeadline();
        Assert.Equal(sent, received);
        await subject.Stream.DisposeAsync().WithDeadline();
        Assert.False(outer.Subject.CanRead);
    }

    [Theory, OverKinds]
    public void The_inner_stream_is_the_one_that_was_given(Kind kind)
    {
        var revealing = typeof(System.Net.Security.AuthenticatedStream).GetProperty("InnerStream", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!;
        var inner = new MemoryStream();
        using Stream stream = StreamKind.Of(kind).Create(inner).Stream;
        Assert.Same(inner, revealing.GetValue(stream));
    }

    [Theory, OverKinds]
    public async Task LeaveInnerStreamOpen_says_what_the_constructor_was_told(Kind kind, bool leaveOpen)
    {
        await using System.Net.Security.AuthenticatedStream stream = StreamKind.Of(kind).Create(new MemoryStream(), leaveOpen).Stream;
        Assert.Equal(leaveOpen, stream.LeaveInnerStreamOpen);
    }

    private static void Heard(Exception failure, Exception thrown) =>
        Assert.Same(failure, Assert.IsType<IOException>(thrown).InnerException);

    private static async Task<int> ReadNothingAsync(Connection tls)
    {
        await tls.Peer.SendAsync("x");
        return await tls.Subject.ReadAsync(Memory<byte>.Empty).WithDeadline();
    }

    private static async Task EchoAsync(Connection tls)
    {
        await tls.ExpectAliveAsync();
        byte[] sent = Calls.Pattern(100_000);
        Task write = Task.Run(() => tls.Subject.WriteAsync(sent).AsTask());
        byte[] received = new byte[sent.Length];
        await tls.Peer.ReadExactlyAsync(received).WithDeadline();
        await write.WithDeadline();
        Task back = Task.Run(() => tls.Peer.WriteAsync(received).AsTask());
        byte[] echoed = new byte[sent.Length];
        await Task.Run(() => tls.Subject.ReadExactlyAsync(echoed).AsTask()).WithDeadline();
        await back.WithDeadline();
        Assert.Equal(sent, echoed);
    }
}
