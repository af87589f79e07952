namespace S2nTls.Tests.Behaviours;

/// <summary>What is refused before anything happens, and with what.</summary>
public class Arguments
{
    private static readonly Dictionary<string, Func<Stream, byte[], int, int, Task>> s_calls = new()
    {
        ["Read"] = (s, buffer, offset, count) => Done(s.Read(buffer, offset, count)),
        ["ReadAsync"] = (s, buffer, offset, count) => Forget(s.ReadAsync(buffer, offset, count, CancellationToken.None)),
        ["BeginRead"] = (s, buffer, offset, count) => Done(s.BeginRead(buffer, offset, count, null, null)),
        ["Write"] = (s, buffer, offset, count) =>
        {
            s.Write(buffer, offset, count);
            return Task.CompletedTask;
        },
        ["WriteAsync"] = (s, buffer, offset, count) => Forget(s.WriteAsync(buffer, offset, count, CancellationToken.None)),
        ["BeginWrite"] = (s, buffer, offset, count) => Done(s.BeginWrite(buffer, offset, count, null, null)),
    };

    [Theory, OverPairs]
    public Task A_null_buffer_is_refused(Pair pair) => RefusedAsync<ArgumentNullException>(pair, null!, 0, 0, "buffer");

    [Theory, OverPairs]
    public Task A_negative_offset_is_refused(Pair pair) => RefusedAsync<ArgumentOutOfRangeException>(pair, new byte[10], -1, 1, "offset");

    [Theory, OverPairs]
    public Task An_offset_beyond_the_buffer_is_refused(Pair pair) => RefusedAsync<ArgumentOutOfRangeException>(pair, new byte[10], 11, 0, null);

    [Theory, OverPairs]
    public Task A_negative_count_is_refused(Pair pair) => RefusedAsync<ArgumentOutOfRangeException>(pair, new byte[10], 0, -1, "count");

    [Theory, OverPairs]
    public Task A_count_beyond_the_buffer_is_refused(Pair pair) => RefusedAsync<ArgumentOutOfRangeException>(pair, new byte[10], 5, 6, "count");

    [Theory, OverPairs]
    public Task An_offset_and_a_count_whose_sum_overflows_are_refused(Pair pair) =>
        RefusedAsync<ArgumentOutOfRangeException>(pair, new byte[10], 5, int.MaxValue, "count");

    [Theory, OverPairs]
    public async Task An_empty_part_at_the_buffers_end_is_accepted(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.SendAsync("x");
        foreach (Func<Stream, byte[], int, int, Task> call in s_calls.Values)
        {
            await call(tls.Subject, new byte[10], 10, 0).WithDeadline();
        }

        await tls.Subject.ExpectAsync("x");
    }

    [Theory, OverKinds]
    public async Task Before_authentication_the_stage_is_checked_before_the_arguments(Kind kind)
    {
        await using Stream stream = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client).Stream;
        await CheckEachAsync(
            stream, null!, -1, -1, typeof(InvalidOperationException), null);
    }

    [Theory, OverPairs]
    public async Task After_disposal_that_is_checked_before_the_arguments(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Subject.DisposeAsync().WithDeadline();
        await CheckEachAsync(
            tls.Subject, null!, -1, -1, typeof(ObjectDisposedException), null);
    }

    [Theory, OverPairs]
    public async Task Arguments_are_checked_before_the_token(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        var cancelled = new CancellationToken(canceled: true);
        Assert.Throws<ArgumentNullException>(() => { _ = tls.Subject.ReadAsync(null!, 0, 0, cancelled); });
        Assert.Throws<ArgumentNullException>(() => { _ = tls.Subject.WriteAsync(null!, 0, 0, cancelled); });
    }

    [Theory, OverPairs]
    public async Task Arguments_are_checked_while_another_read_is_pending(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Task<int> pending = tls.Subject.ReadAsync(new byte[1]).AsTask();
        Assert.Throws<ArgumentNullException>(() => { _ = tls.Subject.ReadAsync(null!, 0, 0, CancellationToken.None); });
        await tls.Peer.SendAsync("x");
        Assert.Equal(1, await pending.WithDeadline());
    }

    [Theory, OverPairs]
    public async Task Write_of_a_whole_array_refuses_null(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Differences.WriteOfNull.Differs(
            tls.Kind,
            ssl: () => Assert.Throws<NullReferenceException>(() => tls.SubjectEnd.Write(null!)),
            s2n: () => Assert.Equal("buffer", Assert.Throws<ArgumentNullException>(() => tls.SubjectEnd.Write(null!)).ParamName));
    }

    [Theory, OverPairs]
    public async Task CopyTo_refuses_no_destination(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Assert.Equal("destination", Assert.Throws<ArgumentNullException>(() => tls.Subject.CopyTo(null!)).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentNullException>(() => { _ = tls.Subject.CopyToAsync(null!); }).ParamName);
    }

    [Theory, OverPairs]
    public async Task CopyTo_refuses_a_size_that_is_not_positive(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        foreach (int size in (int[])[0, -1])
        {
            Assert.Equal("bufferSize", Assert.Throws<ArgumentOutOfRangeException>(() => tls.Subject.CopyTo(Stream.Null, size)).ParamName);
            Assert.Equal("bufferSize", Assert.Throws<ArgumentOutOfRangeException>(() => { _ = tls.Subject.CopyToAsync(Stream.Null, size); }).ParamName);
        }
    }

    [Theory, OverPairs]
    public async Task CopyTo_refuses_a_destination_that_cannot_be_written(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        var readOnly = new MemoryStream([], writable: false);
        Assert.Throws<NotSupportedException>(() => tls.Subject.CopyTo(readOnly));
        Assert.Throws<NotSupportedException>(() => { _ = tls.Subject.CopyToAsync(readOnly); });
    }

    [Theory, OverPairs]
    public async Task CopyTo_refuses_a_destination_that_is_closed(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        var closed = new MemoryStream();
        closed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tls.Subject.CopyTo(closed));
        Assert.Throws<ObjectDisposedException>(() => { _ = tls.Subject.CopyToAsync(closed); });
    }

    [Theory, OverPairs]
    public async Task ReadExactly_and_ReadAtLeast_refuse_what_does_not_fit_the_buffer(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Assert.Throws<ArgumentOutOfRangeException>(() => tls.Subject.ReadExactly(new byte[3], 0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => tls.Subject.ReadAtLeast(new byte[3], 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => tls.Subject.ReadAtLeast(new byte[3], -1));
    }

    [Theory, OverKinds]
    public void No_inner_stream_is_refused(Kind kind) =>
        Assert.Throws<ArgumentNullException>(() => StreamKind.Of(kind).Create(null!));

    [Theory, OverKinds]
    public void An_inner_stream_that_cannot_be_written_is_refused(Kind kind) =>
        Assert.Throws<ArgumentException>(() => StreamKind.Of(kind).Create(new MemoryStream([], writable: false)));

    [Theory, OverKinds]
    public void An_inner_stream_that_cannot_be_read_is_refused(Kind kind) =>
        Assert.Throws<ArgumentException>(() => StreamKind.Of(kind).Create(new System.IO.Pipelines.Pipe().Writer.AsStream()));

    [Theory, OverKinds]
    public void An_inner_stream_that_is_disposed_is_refused(Kind kind)
    {
        var disposed = new MemoryStream();
        disposed.Dispose();
        Assert.Throws<ArgumentException>(() => StreamKind.Of(kind).Create(disposed));
    }

    [Theory, OverKinds]
    public async Task Authentication_refuses_no_settings(Kind kind, bool asServer)
    {
        TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
        await using Stream stream = end.Stream;
        await Calls.FailsAsync<ArgumentNullException>(() => end.AuthenticateWithoutSettingsAsync(asServer));
    }

    [Theory, OverPairs]
    public async Task Authentication_without_settings_is_refused_before_anything_else_is_looked_at(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await Calls.FailsAsync<ArgumentNullException>(() => tls.SubjectEnd.AuthenticateWithoutSettingsAsync(asServer: false));
        await tls.Subject.DisposeAsync().WithDeadline();
        await Calls.FailsAsync<ArgumentNullException>(() => tls.SubjectEnd.AuthenticateWithoutSettingsAsync(asServer: false));
    }

    private static async Task RefusedAsync<T>(Pair pair, byte[] buffer, int offset, int count, string? parameter)
        where T : ArgumentException
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await CheckEachAsync(tls.Subject, buffer, offset, count, typeof(T), parameter);
        await tls.ExpectAliveAsync();
    }

    /// <summary>Each call throws this at once, not in its task.</summary>
    private static async Task CheckEachAsync(Stream stream, byte[] buffer, int offset, int count, Type expected, string? parameter)
    {
        foreach ((string name, Func<Stream, byte[], int, int, Task> call) in s_calls)
        {
            Exception? thrown = null;
            try
            {
                await call(stream, buffer, offset, count).WithDeadline();
            }
            catch (Exception e)
            {
                thrown = e;
            }

            Assert.True(thrown?.GetType() == expected, $"{name}: {thrown?.GetType().Name ?? "nothing"} instead of {expected.Name}");
            if (parameter is not null)
            {
                Assert.Equal((name, parameter), (name, ((ArgumentException)thrown!).ParamName));
            }
        }
    }

    private static Task Done(object result) => result is null ? throw new InvalidOperationException() : Task.CompletedTask;

    /// <summary>A task here would mean that the arguments were not refused at once.</summary>
    private static Task Forget(Task task) => task.IsFaulted ? Task.CompletedTask : task;
}
