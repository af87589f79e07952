using System.Diagnostics;
using System.Security.Authentication;
using S2nTls.Errors;
using S2nTls.Tests.Engine;

namespace S2nTls.Tests.Streams;

/// <summary>An error that might be an attack on timing: the caller hears at once, the peer after the delay.</summary>
public class BlindingTests
{
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
        Assert.InRange(pair.Server.Connection.BlindingDelay, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_exception_comes_at_once_and_the_alert_and_the_close_after_the_delay(bool asynchronously)
    {
        // A delay of 1 to 3 seconds.
        using S2nContext server = TestContexts.MakeServer(options => options.MaxBlindingDelay = TimeSpan.FromSeconds(3));
        (Stream client, Stream serverEnd) = await TcpPair.ConnectAsync();
        var tampering = new TamperingStream(client);
        TlsPair pair = await TlsPair.OverAsync(tampering, serverEnd, server: server);
        tampering.Tampers = true;
        await pair.Client.WriteAsync("tampered with"u8.ToArray());

        var clock = Stopwatch.StartNew();
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

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMilliseconds(900)); // nobody has waited

        // The peer: an alert, but not before a second has passed; then the end. s2n's alert is close_notify
        // whatever the error was: a specific one would tell an attacker something.
        Assert.Equal(0, await pair.Client.ReadAsync(new byte[1]).WithDeadline());
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.95), TimeSpan.FromSeconds(10));
        Assert.Equal(0, await client.ReadAsync(new byte[1]).WithDeadline());
        await pair.Client.DisposeAsync();
    }

    [Fact]
    public async Task Later_calls_repeat_the_error_in_both_directions()
    {
        (Stream client, Stream serverEnd) = DuplexPipe.CreateStreams();
        var tampering = new TamperingStream(client);
        await using TlsPair pair = await TlsPair.OverAsync(tampering, serverEnd);
        tampering.Tampers = true;
        await pair.Client.WriteAsync("tampered with"u8.ToArray());
        string error = (await Assert.ThrowsAsync<S2nException>(() => pair.Server.ReadAsync(new byte[9]).WithDeadline())).Error;
        Assert.Equal(error, (await Assert.ThrowsAsync<S2nException>(() => pair.Server.ReadAsync(new byte[9]).WithDeadline())).Error);
        Assert.Equal(error, (await Assert.ThrowsAsync<S2nException>(() => pair.Server.WriteAsync(new byte[9]).WithDeadline())).Error);

        // Also once the peer has been told, which closes the write side.
        Assert.Equal(0, await pair.Client.ReadAsync(new byte[9]).WithDeadline());
        Assert.Equal(error, (await Assert.ThrowsAsync<S2nException>(() => pair.Server.WriteAsync(new byte[9]).WithDeadline())).Error);
        Assert.Equal(error, (await Assert.ThrowsAsync<S2nException>(() => pair.Server.ReadAsync(new byte[9]).WithDeadline())).Error);
    }

    [Fact]
    public async Task A_handshake_that_was_tampered_with_is_delayed_by_ten_seconds_or_more_unless_told_otherwise()
    {
        using S2nContext client = TestContexts.MakeClient(options => options.MaxBlindingDelay = null);
        (Stream clientEnd, Stream serverEnd) = await TcpPair.ConnectAsync();
        await using var serverStream = new S2nStream(new TamperingStream(serverEnd) { Tampers = true });
        Task serverSide = serverStream.AuthenticateAsServerAsync(TestContexts.Server);
        var clientStream = new S2nStream(clientEnd);
        await Assert.ThrowsAsync<AuthenticationException>(() => clientStream.AuthenticateAsClientAsync(client, "localhost").WithDeadline());
        await clientStream.DisposeAsync().WithDeadline(TimeSpan.FromSeconds(5));

        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.False(serverSide.IsCompleted); // neither alert nor close has come
        clientEnd.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => serverSide.WithDeadline());
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
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => serverSide.WithDeadline(TimeSpan.FromSeconds(2)));
        Assert.Equal(S2nErrorType.Closed, ((S2nException)error.InnerException!).ErrorType);
        Assert.Contains("during the handshake", error.Message, StringComparison.Ordinal);
    }
}
