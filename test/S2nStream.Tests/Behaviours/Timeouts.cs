using System.Net.Sockets;

namespace S2nTls.Tests.Behaviours;

/// <summary>Timeouts are the inner stream's.</summary>
public class Timeouts
{
    [Theory, OverPairs]
    public async Task CanTimeout_is_the_inner_streams_in_every_stage(Pair pair)
    {
        (Stream own, Stream peer) = await TcpPair.ConnectAsync();
        await using Stream early = pair.Subject().Create(own).Stream;
        Assert.True(early.CanTimeout);
        await peer.DisposeAsync();
        await using Connection tcp = await Connection.OverTcpAsync(pair);
        Assert.True(tcp.Subject.CanTimeout);
        await using Connection memory = await Connection.OpenAsync(pair);
        Assert.False(memory.Subject.CanTimeout);
        await tcp.Subject.DisposeAsync().WithDeadline();
        Assert.True(tcp.Subject.CanTimeout);
    }

    [Theory, OverPairs]
    public async Task Timeouts_that_are_set_reach_the_inner_stream(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        tls.Subject.ReadTimeout = 1234;
        tls.Subject.WriteTimeout = 5678;
        Assert.Equal((1234, 5678), (tls.SubjectEnd.Inner.ReadTimeout, tls.SubjectEnd.Inner.WriteTimeout));
        Assert.Equal((1234, 5678), (tls.Subject.ReadTimeout, tls.Subject.WriteTimeout));
    }

    [Theory, OverPairs]
    public async Task Timeouts_are_asked_of_the_inner_stream(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        Assert.Equal((Timeout.Infinite, Timeout.Infinite), (tls.Subject.ReadTimeout, tls.Subject.WriteTimeout));
        tls.SubjectEnd.Inner.ReadTimeout = 11;
        tls.SubjectEnd.Inner.WriteTimeout = 22;
        Assert.Equal((11, 22), (tls.Subject.ReadTimeout, tls.Subject.WriteTimeout));
    }

    [Theory, OverKinds]
    public async Task Timeouts_can_be_set_before_authentication(Kind kind)
    {
        (Stream own, Stream peer) = await TcpPair.ConnectAsync();
        await using Stream stream = StreamKind.Of(kind).Create(own).Stream;
        stream.ReadTimeout = 77;
        Assert.Equal(77, own.ReadTimeout);
        await peer.DisposeAsync();
    }

    [Theory, OverPairs]
    public async Task An_inner_stream_without_timeouts_refuses_them(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Assert.Throws<InvalidOperationException>(() => tls.Subject.ReadTimeout);
        Assert.Throws<InvalidOperationException>(() => tls.Subject.ReadTimeout = 1);
        Assert.Throws<InvalidOperationException>(() => tls.Subject.WriteTimeout);
        Assert.Throws<InvalidOperationException>(() => tls.Subject.WriteTimeout = 1);
    }

    [Theory, OverPairs]
    public async Task A_timeout_that_makes_no_sense_is_refused_by_the_inner_stream(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        Assert.Throws<ArgumentOutOfRangeException>(() => tls.Subject.ReadTimeout = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => tls.Subject.WriteTimeout = -5);
    }

    [Theory, OverPairs]
    public async Task A_synchronous_read_that_times_out_throws_what_the_inner_stream_throws(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        tls.Subject.ReadTimeout = 30;
        var error = (IOException)await Calls.FailsAsync<IOException>(() => Calls.Blocking(() => tls.Subject.Read(new byte[1], 0, 1)));
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(error.InnerException).SocketErrorCode);
    }

    [Theory, OverPairs]
    public async Task After_a_read_that_timed_out_another_gets_the_data(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        tls.Subject.ReadTimeout = 30;
        await Calls.FailsAsync<IOException>(() => Calls.Blocking(() => tls.Subject.ReadByte()));
        tls.Subject.ReadTimeout = Timeout.Infinite;
        await tls.Peer.SendAsync("x");
        Assert.Equal('x', await Calls.Blocking(() => tls.Subject.ReadByte()).WithDeadline());
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task Asynchronous_reads_do_not_time_out(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        tls.Subject.ReadTimeout = 10;
        Task<int> read = tls.Subject.ReadAsync(new byte[1]).AsTask();
        await Task.Delay(60);
        Assert.False(read.IsCompleted);
        await tls.Peer.SendAsync("x");
        Assert.Equal(1, await read.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task A_synchronous_write_that_times_out_throws_what_the_inner_stream_throws(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        tls.Subject.WriteTimeout = 50;
        var error = (IOException)await Calls.FailsAsync<IOException>(() => Calls.Blocking(() => tls.Subject.Write(new byte[64 * 1024 * 1024])));
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(error.InnerException).SocketErrorCode);
    }

    [Theory, OverKinds]
    public async Task A_synchronous_handshake_that_times_out_throws_what_the_inner_stream_throws(Kind kind, bool asServer)
    {
        (Stream own, Stream peer) = await TcpPair.ConnectAsync();
        TlsEnd end = StreamKind.Of(kind).Create(own);
        await using Stream stream = end.Stream;
        stream.ReadTimeout = 30;
        var error = (IOException)await Calls.FailsAsync<IOException>(() => Calls.Blocking(() => end.Authenticate(asServer)));
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(error.InnerException).SocketErrorCode);
        Assert.False(end.Stream.IsAuthenticated);
        await peer.DisposeAsync();
    }
}
