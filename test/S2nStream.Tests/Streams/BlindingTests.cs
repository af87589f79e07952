using System.Diagnostics;
using System.Security.Authentication;

namespace S2nTls.Tests.Streams;

/// <summary>An error that might be an attack on timing: the caller hears at once, the peer after the delay.</summary>
public class BlindingTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_exception_comes_at_once_and_the_alert_and_the_close_after_the_delay(bool asynchronously)
    {
        // A delay of 1 to 3 seconds.
        using S2nContext server = TestContexts.MakeServer(options => options.MaxBlindingDelay = TimeSpan.FromSeconds(3));
        (Stream client, Stream serverEnd) = await TcpPair.ConnectAsync();
        var corrupting = new CorruptingStream(client);
        TlsPair pair = await TlsPair.OverAsync(corrupting, serverEnd, server: server);
        corrupting.Corrupts = true;
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
        var corrupting = new CorruptingStream(client);
        await using TlsPair pair = await TlsPair.OverAsync(corrupting, serverEnd);
        corrupting.Corrupts = true;
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
    public async Task A_refused_handshake_is_delayed_by_ten_seconds_or_more_unless_told_otherwise()
    {
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.MaxBlindingDelay = null;
            options.TrustedRoots = new TestAuthority("Not the server's").Roots;
        });
        (Stream clientEnd, Stream serverEnd) = await TcpPair.ConnectAsync();
        await using var serverStream = new S2nStream(serverEnd);
        Task serverSide = serverStream.AuthenticateAsServerAsync(TestContexts.Server);
        var clientStream = new S2nStream(clientEnd);
        await Assert.ThrowsAsync<AuthenticationException>(() => clientStream.AuthenticateAsClientAsync(client, "localhost").WithDeadline());
        await clientStream.DisposeAsync().WithDeadline(TimeSpan.FromSeconds(1));

        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.False(serverSide.IsCompleted); // neither alert nor close has come
        clientEnd.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => serverSide.WithDeadline());
    }

    [Fact]
    public async Task Without_a_delay_the_alert_is_there_at_once()
    {
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.MaxBlindingDelay = TimeSpan.Zero;
            options.TrustedRoots = new TestAuthority("Not the server's").Roots;
        });
        (Stream clientEnd, Stream serverEnd) = await TcpPair.ConnectAsync();
        await using var serverStream = new S2nStream(serverEnd);
        await using var clientStream = new S2nStream(clientEnd);
        Task serverSide = serverStream.AuthenticateAsServerAsync(TestContexts.Server);
        await Assert.ThrowsAsync<AuthenticationException>(() => clientStream.AuthenticateAsClientAsync(client, "localhost").WithDeadline());
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => serverSide.WithDeadline(TimeSpan.FromSeconds(2)));
        Assert.Equal(S2nErrorType.Closed, ((S2nException)error.InnerException!).ErrorType);
        Assert.Contains("during the handshake", error.Message, StringComparison.Ordinal);
    }

    private sealed class CorruptingStream(Stream inner) : WrappedStream(inner)
    {
        public bool Corrupts { get; set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            byte[] copy = buffer.ToArray();
            copy[^1] ^= (byte)(Corrupts ? 1 : 0);
            return base.WriteAsync(copy, cancellationToken);
        }
    }
}
