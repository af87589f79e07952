using System.Diagnostics;
using System.Security.Authentication;
using S2nTls.Errors;
using S2nTls.Tests.Engine;

namespace S2nTls.Tests.Streams;

/// <summary>An error that might be an attack on timing: the caller hears at once, the peer after the delay.</summary>
public class BlindingTests
{
    /// <summary>The clock that s2n reads is another one than the test's.</summary>
    private static readonly TimeSpan s_drift = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void The_delay_is_known_when_the_connection_is_gone()
    {
        using S2nContext server = TestContexts.MakeServer(options => options.MaxBlindingDelay = TimeSpan.FromSeconds(30));
        using EnginePair pair = EnginePair.Create(TestContexts.Client, server);
        pair.Connect();
        byte[] record = pair.Client.Encrypt("x"u8);
        record[^1] ^= 1;
        pair.Server.Feed(record);
        Assert.Throws<S2nException>(() => pair.Server.Connection.Decrypt(new byte[1], out _));
        Assert.Equal(BlindingBudget.Anonymous, pair.Server.Connection.Fault!.BlindingBudget);
        pair.Server.Connection.Dispose();
        Assert.InRange(pair.Server.Connection.BlindingDelay, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)); // of ten or more, what is left
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_exception_comes_at_once_and_the_alert_and_the_close_after_the_delay(bool asynchronously)
    {
        // A slow machine may need a second for what should take no time: then the delay is made longer.
        for (TimeSpan least = TimeSpan.FromSeconds(1); !await ComesAtOnceAsync(asynchronously, least); least *= 3)
        {
            Assert.True(least < TimeSpan.FromSeconds(9), "The caller waits for the delay.");
        }
    }

    /// <returns>Whether the caller was done before the delay was over; the peer's wait is checked here.</returns>
    private static async Task<bool> ComesAtOnceAsync(bool asynchronously, TimeSpan least)
    {
        using S2nContext server = TestContexts.MakeServer(options => options.MaxBlindingDelay = 3 * least); // s2n waits for a third of it at least
        (Stream client, Stream serverEnd) = await TcpPair.ConnectAsync();
        var tampering = new TamperingStream(client);
        TlsPair pair = await TlsPair.OverAsync(tampering, serverEnd, server: server);
        tampering.Tampers = true;
        var clock = Stopwatch.StartNew();
        await pair.Client.WriteAsync("tampered with"u8.ToArray());
        var error = await Assert.ThrowsAsync<S2nException>(() => pair.Server.ReadAsync(new byte[100]).WithDeadline());
        Assert.Equal(S2nErrorType.Protocol, error.ErrorType);
        if (asynchronously)
        {
            await pair.Server.DisposeAsync();
        }
        else
        {
            pair.Server.Dispose();
        }

        bool isAtOnce = clock.Elapsed < least;

        // The peer: an alert, but not before the delay is over; then the end. s2n's alert is close_notify
        // whatever the error was: a specific one would tell an attacker something.
        Assert.Equal(0, await pair.Client.ReadAsync(new byte[1]).WithDeadline(TimeSpan.FromMinutes(1)));
        Assert.InRange(clock.Elapsed, least - s_drift, TimeSpan.FromMinutes(1));
        Assert.Equal(0, await client.ReadAsync(new byte[1]).WithDeadline());
        await pair.Client.DisposeAsync();
        return isAtOnce;
    }

    [Fact]
    public async Task Later_calls_repeat_the_error_in_both_directions()
    {
        (Stream client, Stream serverEnd) = DuplexPipe.CreateStreams();
        var tampering = new TamperingStream(client);
        await using TlsPair pair = await TlsPair.OverAsync(tampering, serverEnd);
        tampering.Tampers = true;
        await pair.Client.WriteAsync("tampered with"u8.ToArray());
        string error = (await Assert.ThrowsAsync<S2nException>(() => pair.Server.ReadAsync(new byte[9]).WithDeadline())).S2nErrorName;
        Assert.Equal(error, (await Assert.ThrowsAsync<S2nException>(() => pair.Server.ReadAsync(new byte[9]).WithDeadline())).S2nErrorName);
        Assert.Equal(error, (await Assert.ThrowsAsync<S2nException>(() => pair.Server.WriteAsync(new byte[9]).WithDeadline())).S2nErrorName);

        // Also once the peer has been told, which closes the write side.
        Assert.Equal(0, await pair.Client.ReadAsync(new byte[9]).WithDeadline());
        Assert.Equal(error, (await Assert.ThrowsAsync<S2nException>(() => pair.Server.WriteAsync(new byte[9]).WithDeadline())).S2nErrorName);
        Assert.Equal(error, (await Assert.ThrowsAsync<S2nException>(() => pair.Server.ReadAsync(new byte[9]).WithDeadline())).S2nErrorName);
    }

    [Fact]
    public async Task A_handshake_that_was_tampered_with_is_delayed_by_ten_seconds_or_more_unless_told_otherwise()
    {
        using S2nContext client = TestContexts.MakeClient(options => options.MaxBlindingDelay = null);
        (Stream clientEnd, Stream serverEnd) = await TcpPair.ConnectAsync();
        await using var serverStream = new S2nStream(new TamperingStream(serverEnd) { Tampers = true });
        var clientStream = new S2nStream(clientEnd);
        var clock = Stopwatch.StartNew();
        Task serverSide = serverStream.AuthenticateAsServerAsync(TestContexts.Server);
        await Assert.ThrowsAsync<AuthenticationException>(() => clientStream.AuthenticateAsClientAsync(client, "localhost").WithDeadline());
        await clientStream.DisposeAsync().WithDeadline();

        // The server hears nothing, and no end, before that: s2n waits for ten to thirty seconds.
        await Assert.ThrowsAsync<AuthenticationException>(() => serverSide.WithDeadline(TimeSpan.FromMinutes(1)));
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(10) - s_drift, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Without_a_delay_the_alert_is_there_at_once()
    {
        using S2nContext client = TestContexts.MakeClient(options => options.MaxBlindingDelay = TimeSpan.Zero);
        (Stream clientEnd, Stream serverEnd) = await TcpPair.ConnectAsync();
        await using var serverStream = new S2nStream(new TamperingStream(serverEnd) { Tampers = true });
        await using var clientStream = new S2nStream(clientEnd);
        Task serverSide = serverStream.AuthenticateAsServerAsync(TestContexts.Server);
        await Assert.ThrowsAsync<AuthenticationException>(() => clientStream.AuthenticateAsClientAsync(client, "localhost").WithDeadline());
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => serverSide.WithDeadline(TimeSpan.FromSeconds(10))); // the least that s2n would wait
        Assert.Equal(S2nErrorType.Closed, ((S2nException)error.InnerException!).ErrorType);
        Assert.Contains("during the handshake", error.Message, StringComparison.Ordinal);
    }
}
