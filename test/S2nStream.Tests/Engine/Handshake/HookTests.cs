using System.Security.Authentication;
using S2nTls.Tests.Faults;

namespace S2nTls.Tests.Engine;

/// <summary>One rule for all hooks. Alone: the processor time of the whole process is looked at.</summary>
[Collection(nameof(Alone))]
public class HookTests
{
    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(200);

    public static TheoryData<string> Awaited() => [.. Hook.Awaited];

    public static TheoryData<string, bool> AwaitedEitherWay() => EitherWay(Hook.Awaited);

    public static TheoryData<string, bool> FunctionsEitherWay() => EitherWay(Hook.Functions);

    [Theory]
    [MemberData(nameof(AwaitedEitherWay))]
    public async Task Disposal_ends_the_wait_for_a_hook_at_once_and_burns_nothing(string hook, bool overPipes)
    {
        var gate = new Gate();
        await using HookedCall call = await Hook.CallAsync(hook, gate, overPipes);
        await gate.Asked.WithDeadline();
        await DisposeAsync(call);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => call.Call.WithDeadline());
        Assert.True(gate.Token.IsCancellationRequested);
        gate.Open(); // too late, and harmless
    }

    [Theory]
    [MemberData(nameof(FunctionsEitherWay))]
    public async Task Disposal_during_a_hook_that_keeps_its_thread_returns_at_once_and_burns_nothing(string hook, bool overPipes)
    {
        var gate = new Gate();
        await using HookedCall call = await Hook.CallAsync(hook, gate, overPipes);
        await gate.Asked.WithDeadline();
        await DisposeAsync(call);
        Assert.False(call.Call.IsCompleted);
        gate.Open();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => call.Call.WithDeadline());
    }

    [Theory]
    [MemberData(nameof(AwaitedEitherWay))]
    [MemberData(nameof(FunctionsEitherWay))]
    public async Task A_hook_may_dispose_the_stream_that_calls_it(string hook, bool asynchronously)
    {
        var stream = new TaskCompletionSource<S2nStream>();
        var gate = new Gate
        {
            Inside = () =>
            {
                S2nStream calling = stream.Task.GetAwaiter().GetResult();
                if (asynchronously)
                {
                    calling.DisposeAsync().AsTask().GetAwaiter().GetResult();
                }
                else
                {
                    calling.Dispose();
                }
            },
        };
        gate.Open();
        await using HookedCall call = await Hook.CallAsync(hook, gate, overPipes: asynchronously);
        stream.SetResult(call.Stream);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => call.Call.WithDeadline());
        await HookedCall.EndedAsync(call.PeerCall);
    }

    [Theory]
    [MemberData(nameof(AwaitedEitherWay))]
    public async Task A_cancelled_handshake_ends_at_once_whichever_hook_it_waits_for_and_whether_that_heeds_it_or_not(string hook, bool heeds)
    {
        using var unobserved = new UnobservedExceptions();
        var gate = new Gate(heeds);
        using var cancel = new CancellationTokenSource();
        await using (HookedCall call = await Hook.CallAsync(hook, gate, cancellationToken: cancel.Token))
        {
            await gate.Asked.WithDeadline();
            await cancel.CancelAsync();
            OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Call.WithDeadline());
            Assert.Equal(cancel.Token, error.CancellationToken);
            Assert.True(gate.Token.IsCancellationRequested);
            gate.Open(new IOException("what is thrown too late is for nobody"));
        }

        unobserved.Check();
    }

    [Theory]
    [MemberData(nameof(Awaited))]
    [InlineData(Hook.PrivateKey)]
    [InlineData(Hook.SessionAddedInHandshake)]
    [InlineData(Hook.SessionAddedInRead)]
    [InlineData(Hook.TicketContextAfterHello)]
    [InlineData(Hook.ServerValidation)]
    [InlineData(Hook.ClientValidation)]
    [InlineData(Hook.RequestedCertificate)]
    [InlineData(Hook.ServerCertificate)]
    public async Task What_a_hook_throws_reaches_the_caller_and_the_peer_hears_that_it_is_over(string hook)
    {
        var gate = new Gate();
        await using HookedCall call = await Hook.CallAsync(hook, gate);
        await gate.Asked.WithDeadline();
        var thrown = new InvalidTimeZoneException("from the hook");
        gate.Open(thrown);
        Exception error = (await HookedCall.EndedAsync(call.Call))!;
        Assert.Same(thrown, error is AuthenticationException ? error.InnerException : error);

        // The stream is not disposed: only an alert can have told it. One that is done with its handshake hears it when it reads.
        if (await HookedCall.EndedAsync(call.PeerCall) is { } heard)
        {
            var told = Assert.IsType<S2nException>(heard is AuthenticationException ? heard.InnerException : heard);
            bool isInTheClear = hook is Hook.ClientHello or Hook.Options or Hook.PreSharedKey or Hook.EarlyDataGuard or Hook.TicketContextAfterHello or Hook.ServerCertificate;
            Assert.Equal(isInTheClear ? TlsAlert.InternalError : null, told.Alert);
            Assert.True(isInTheClear || told.ErrorType == S2nErrorType.Closed, told.Message);
        }
        else if (hook != Hook.SessionAddedInRead)
        {
            Assert.Equal(0, await call.Peer.ReadAsync(new byte[1]).WithDeadline());
        }

        Exception later = await Assert.ThrowsAnyAsync<Exception>(() => call.Stream.ReadAsync(new byte[1]).WithDeadline());
        Assert.Same(thrown, later == thrown ? later : later.InnerException);
    }

    [Fact]
    public async Task A_synchronous_handshake_that_waits_for_a_hook_is_ended_by_disposal()
    {
        var gate = new Gate();
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(clientEnd);
        using var server = new S2nStream(serverEnd);
        Task connect = client.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        Task accept = Deadline.Run(() => server.AuthenticateAsServer((_, _) =>
        {
            gate.Pass();
            return TestContexts.Server;
        }));
        await gate.Asked.WithDeadline();
        server.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => connect.WithDeadline());
        gate.Open();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accept);
    }

    [Fact]
    public async Task Streams_that_are_disposed_during_a_hook_leave_nothing()
    {
        await DisposeDuringAllAsync(); // fills what is cached
        long before = await NativeAllocations.SettledAsync();
        await DisposeDuringAllAsync();
        Assert.InRange(await NativeAllocations.BackToAsync(before), 0, before);

        static async Task DisposeDuringAllAsync()
        {
            foreach (string hook in Hook.Awaited.Concat(Hook.Functions))
            {
                var gate = new Gate();
                await using HookedCall call = await Hook.CallAsync(hook, gate);
                await gate.Asked.WithDeadline();
                call.Stream.Dispose();
                gate.Open();
                await HookedCall.EndedAsync(call.Call);
            }
        }
    }

    /// <summary>Disposes while the gate is closed: so whoever waited for the hook would wait for ever. Then the transport is closed, and nothing spins.</summary>
    private static async Task DisposeAsync(HookedCall call)
    {
        await Deadline.Run(() => call.Stream.DisposeAsync().AsTask().GetAwaiter().GetResult());
        await HookedCall.EndedAsync(call.PeerCall);

        // The runtime compiles in the background, so not every moment is a quiet one; where something spins, none is.
        for (int i = 0; await BurntAsync() > s_window / 2; i++)
        {
            Assert.InRange(i, 0, 100);
        }

        async Task<TimeSpan> BurntAsync()
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            await Task.Delay(s_window);
            return Environment.CpuUsage.TotalTime - before;
        }
    }

    private static TheoryData<string, bool> EitherWay(string[] hooks)
    {
        var cases = new TheoryData<string, bool>();
        foreach (string hook in hooks)
        {
            cases.Add(hook, false);
            cases.Add(hook, true);
        }

        return cases;
    }
}
