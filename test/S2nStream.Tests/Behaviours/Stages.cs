using System.Security.Authentication;

namespace S2nTls.Tests.Behaviours;

/// <summary>What may be called when.</summary>
public class Stages
{
    [Theory, OverKinds]
    public async Task Before_authentication_reads_throw_InvalidOperationException(Kind kind)
    {
        TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
        await using Stream stream = end.Stream;
        await StageCalls.Reads.AllThrowAsync<InvalidOperationException>(end, except: "EndRead");
    }

    [Theory, OverKinds]
    public async Task Before_authentication_writes_throw_InvalidOperationException(Kind kind)
    {
        TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
        await using Stream stream = end.Stream;
        await StageCalls.Writes.AllThrowAsync<InvalidOperationException>(end, except: "EndWrite");
    }

    [Theory, OverKinds]
    public async Task Before_authentication_End_throws_InvalidOperationException(Kind kind)
    {
        TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
        await using Stream stream = end.Stream;
        Assert.Throws<InvalidOperationException>(() => stream.EndRead(Task.FromResult(1)));
        Assert.Throws<InvalidOperationException>(() => stream.EndWrite(Task.CompletedTask));
    }

    [Theory, OverKinds]
    public async Task Before_authentication_questions_about_the_connection_throw_InvalidOperationException(Kind kind)
    {
        TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
        await using Stream stream = end.Stream;
        await StageCalls.Questions.AllThrowAsync<InvalidOperationException>(end);
    }

    [Theory, OverKinds]
    public async Task Before_authentication_nothing_is_claimed(Kind kind)
    {
        TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
        await using var stream = end.Stream;
        Assert.False(stream.IsAuthenticated);
        Assert.False(stream.IsMutuallyAuthenticated);
        Assert.False(stream.IsEncrypted);
        Assert.False(stream.IsSigned);
        Assert.False(stream.IsServer);
        Assert.Equal("", end.TargetHostName);
    }

    [Theory, OverKinds]
    public async Task Before_authentication_it_can_neither_be_read_nor_written(Kind kind)
    {
        await using Stream stream = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client).Stream;
        Assert.False(stream.CanRead);
        Assert.False(stream.CanWrite);
    }

    [Theory, OverKinds]
    public async Task Before_authentication_CopyTo_is_refused(Kind kind)
    {
        await using Stream stream = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client).Stream;
        Type? sync = (await Record.ExceptionAsync(() => Task.Run(() => stream.CopyTo(Stream.Null))))?.GetType();
        Type? async = (await Record.ExceptionAsync(() => stream.CopyToAsync(Stream.Null)))?.GetType();
        Type expected = Differences.CopyToBeforeAuthentication.Of(kind, ssl: typeof(ObjectDisposedException), s2n: typeof(InvalidOperationException));
        Assert.Equal((expected, expected), (sync, async));
    }

    [Theory, OverPairs]
    public async Task A_handshake_does_not_start_by_itself(Pair pair)
    {
        await using Connection tls = Connection.Create(pair, inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        Assert.Equal(0, inner.Reads + inner.AsyncReads + inner.Writes + inner.AsyncWrites);
    }

    [Theory, OverKinds]
    public async Task During_authentication_reads_and_writes_throw_InvalidOperationException(Kind kind, bool asServer)
    {
        await using Waiting waiting = Waiting.Start(kind, asServer);
        await StageCalls.Reads.AllThrowAsync<InvalidOperationException>(waiting.End, except: "EndRead");
        await StageCalls.Writes.AllThrowAsync<InvalidOperationException>(waiting.End, except: "EndWrite");
        Assert.False(waiting.Handshake.IsCompleted);
    }

    [Theory, OverKinds]
    public async Task During_authentication_nothing_is_claimed(Kind kind, bool asServer)
    {
        await using Waiting waiting = Waiting.Start(kind, asServer);
        Assert.False(waiting.End.Stream.IsAuthenticated);
        Assert.False(waiting.End.Stream.IsEncrypted);
        Assert.False(waiting.End.Stream.IsSigned);
        Assert.False(waiting.End.Stream.IsMutuallyAuthenticated);
        Assert.False(waiting.End.Stream.CanRead);
        Assert.False(waiting.End.Stream.CanWrite);
    }

    [Theory, OverKinds]
    public async Task During_authentication_the_side_is_known(Kind kind, bool asServer)
    {
        await using Waiting waiting = Waiting.Start(kind, asServer);
        Assert.Equal(asServer, waiting.End.Stream.IsServer);
    }

    [Theory, OverKinds]
    public async Task During_authentication_a_client_knows_its_target_host(Kind kind)
    {
        await using Waiting waiting = Waiting.Start(kind, asServer: false);
        Assert.Equal("localhost", waiting.End.TargetHostName);
    }

    [Theory, OverPairs]
    public async Task After_authentication_it_can_be_read_and_written(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        Assert.True(tls.Subject.CanRead);
        Assert.True(tls.Subject.CanWrite);
        Assert.True(tls.Subject.IsAuthenticated);
        Assert.True(tls.Subject.IsEncrypted);
        Assert.True(tls.Subject.IsSigned);
        Assert.Equal(pair.SubjectIsServer(), tls.Subject.IsServer);
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task Whether_it_can_be_read_and_written_follows_the_inner_stream(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new SwitchableStream(inner));
        var inner = (SwitchableStream)tls.SubjectEnd.Inner;
        inner.Readable = false;
        Assert.False(tls.Subject.CanRead);
        Assert.True(tls.Subject.CanWrite);
        inner.Readable = true;
        inner.Writable = false;
        Assert.True(tls.Subject.CanRead);
        Assert.False(tls.Subject.CanWrite);
    }

    [Theory, OverPairs]
    public async Task After_disposal_reads_throw_ObjectDisposedException(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Subject.DisposeAsync().WithDeadline();
        await StageCalls.Reads.AllThrowAsync<ObjectDisposedException>(tls.SubjectEnd, except: "EndRead");
    }

    [Theory, OverPairs]
    public async Task After_disposal_writes_throw_ObjectDisposedException(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        tls.Subject.Dispose();
        await StageCalls.Writes.AllThrowAsync<ObjectDisposedException>(tls.SubjectEnd, except: "EndWrite");
    }

    [Theory, OverPairs]
    public async Task After_disposal_questions_about_the_connection_throw_ObjectDisposedException(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Subject.DisposeAsync().WithDeadline();
        await StageCalls.Questions.AllThrowAsync<ObjectDisposedException>(tls.SubjectEnd);
    }

    [Theory, OverPairs]
    public async Task After_disposal_it_can_neither_be_read_nor_written(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, leaveOpen: true);
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.False(tls.Subject.CanRead);
        Assert.False(tls.Subject.CanWrite);
    }

    [Theory, OverPairs]
    public async Task After_disposal_it_is_not_authenticated(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.False(tls.Subject.IsAuthenticated);
        Assert.False(tls.Subject.IsEncrypted);
        Assert.False(tls.Subject.IsSigned);
        Assert.False(tls.Subject.IsMutuallyAuthenticated);
    }

    [Theory, OverPairs]
    public async Task After_disposal_it_still_knows_its_side(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.Equal(pair.SubjectIsServer(), tls.Subject.IsServer);
    }

    [Theory, OverPairs]
    public async Task After_disposal_the_target_host_can_be_asked(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.Equal("localhost", tls.SubjectEnd.TargetHostName);
    }

    [Theory, OverPairs]
    public async Task After_disposal_CopyTo_throws_ObjectDisposedException(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.Throws<ObjectDisposedException>(() => tls.Subject.CopyTo(Stream.Null));
        await Calls.FailsAsync<ObjectDisposedException>(() => tls.Subject.CopyToAsync(Stream.Null));
    }

    [Theory, OverKinds]
    public async Task Disposed_before_authentication_it_does_not_authenticate(Kind kind, bool asServer)
    {
        TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
        await end.Stream.DisposeAsync().WithDeadline();
        await Calls.FailsAsync<ObjectDisposedException>(() => end.AuthenticateAsync(asServer));
        await Calls.FailsAsync<ObjectDisposedException>(() => Task.Run(() => end.Authenticate(asServer)));
    }

    [Theory, OverPairs]
    public async Task Disposed_after_authentication_it_does_not_authenticate_again(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Subject.DisposeAsync().WithDeadline();
        await Calls.FailsAsync<ObjectDisposedException>(() => tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer()));
    }

    [Theory, OverPairs]
    public async Task Authenticating_twice_harms_nothing(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.ExpectAliveAsync();
        await Differences.SecondAuthentication.DiffersAsync(
            tls.Kind,
            ssl: async () =>
            {
                await tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer()).WithDeadline();
                tls.SubjectEnd.Authenticate(pair.SubjectIsServer());
            },
            s2n: async () =>
            {
                await Calls.FailsAsync<InvalidOperationException>(() => tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer()));
                Assert.Throws<InvalidOperationException>(() => tls.SubjectEnd.Authenticate(pair.SubjectIsServer()));
            });
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task Authenticating_as_the_other_side_afterwards(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.ExpectAliveAsync();
        await Differences.SecondAuthentication.DiffersAsync(
            tls.Kind,
            ssl: async () =>
            {
                Task second = tls.SubjectEnd.AuthenticateAsync(!pair.SubjectIsServer());
                await Task.Delay(50);
                Assert.False(second.IsCompleted);
                await tls.DisposeAsync();
                await Calls.EndsAsync(second);
            },
            s2n: async () =>
            {
                await Calls.FailsAsync<InvalidOperationException>(() => tls.SubjectEnd.AuthenticateAsync(!pair.SubjectIsServer()));
                await tls.ExpectAliveAsync();
            });
    }

    [Theory, OverKinds]
    public async Task Authenticating_while_that_is_going_on_throws_InvalidOperationException(Kind kind, bool asServer)
    {
        await using Waiting waiting = Waiting.Start(kind, asServer);
        await Calls.FailsAsync<InvalidOperationException>(() => waiting.End.AuthenticateAsync(asServer));
        await Calls.FailsAsync<InvalidOperationException>(() => waiting.End.AuthenticateAsync(!asServer));
        Assert.False(waiting.Handshake.IsCompleted);
    }

    [Theory, OverPairs]
    public async Task A_refused_second_authentication_does_not_harm_the_one_that_is_going_on(Pair pair)
    {
        await using Connection tls = Connection.Create(pair);
        Task first = tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer());
        await Calls.FailsAsync<InvalidOperationException>(() => tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer()));
        await tls.PeerEnd.AuthenticateAsync(!pair.SubjectIsServer()).WithDeadline();
        await first.WithDeadline();
        await tls.ExpectAliveAsync();
    }

    private sealed class SwitchableStream(Stream inner) : WrappedStream(inner)
    {
        public bool Readable { get; set; } = true;

        public bool Writable { get; set; } = true;

        public override bool CanRead => Readable;

        public override bool CanWrite => Writable;
    }

    /// <summary>A handshake whose peer says nothing.</summary>
    private sealed class Waiting(TlsEnd end, Task handshake) : IAsyncDisposable
    {
        public TlsEnd End { get; } = end;

        public Task Handshake { get; } = handshake;

        public static Waiting Start(Kind kind, bool asServer)
        {
            TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
            return new Waiting(end, end.AuthenticateAsync(asServer));
        }

        public async ValueTask DisposeAsync()
        {
            await End.Stream.DisposeAsync().WithDeadline();
            await Calls.FailsAsync<Exception>(() => Handshake);
        }
    }
}
