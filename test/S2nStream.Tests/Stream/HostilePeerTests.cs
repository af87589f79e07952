using System.Security.Authentication;

namespace S2nTls.Tests.Streams;

/// <summary>Peers that do not speak TLS, or stop: each gets a clear exception within two seconds.</summary>
public class HostilePeerTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", "plain HTTP")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "plain HTTP")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-")]
    [InlineData("\0\0\0\0\0\0\0\0", "does not begin with a TLS record")]
    [InlineData("G", "does not speak TLS")]
    public async Task A_server_says_what_a_client_spoke_instead(string spoken, string expected)
    {
        S2nException error = await ErrorAsync(
            stream => stream.AuthenticateAsServerAsync(TestContexts.Server), System.Text.Encoding.ASCII.GetBytes(spoken));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "plain HTTP")]
    [InlineData("220 mail.example.com ESMTP\r\n", "220 mail")]
    public async Task A_client_says_what_a_server_spoke_instead(string spoken, string expected)
    {
        S2nException error = await ErrorAsync(
            stream => stream.AuthenticateAsClientAsync(TestContexts.Client, "localhost"), System.Text.Encoding.ASCII.GetBytes(spoken));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Garbage_is_refused(bool asServer)
    {
        for (int i = 0; i < 50; i++)
        {
            int seed = Environment.TickCount + i;
            byte[] garbage = new byte[1000];
            new Random(seed).NextBytes(garbage);
            garbage[0] |= 0x80; // never the type of a TLS record
            S2nException error = await ErrorAsync(
                stream => asServer ? stream.AuthenticateAsServerAsync(TestContexts.Server) : stream.AuthenticateAsClientAsync(TestContexts.Client, "localhost"),
                garbage);
            Assert.True(error.ErrorType == S2nErrorType.Protocol, $"seed {seed}: {error.Message}");
        }
    }

    [Fact]
    public async Task Garbage_inside_a_well_formed_record_is_refused()
    {
        for (int i = 0; i < 50; i++)
        {
            int seed = Environment.TickCount + i;
            byte[] garbage = new byte[300];
            new Random(seed).NextBytes(garbage);
            byte[] record = [22, 3, 1, (byte)(garbage.Length >> 8), (byte)garbage.Length, 1, 0, (byte)((garbage.Length - 4) >> 8), (byte)(garbage.Length - 4), .. garbage[4..]];
            S2nException error = await ErrorAsync(stream => stream.AuthenticateAsServerAsync(TestContexts.Server), record);
            Assert.True(error.ErrorType == S2nErrorType.Protocol, $"seed {seed}: {error.Message}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_that_closes_at_once_is_reported_as_closed(bool asServer)
    {
        S2nException error = await ErrorAsync(
            stream => asServer ? stream.AuthenticateAsServerAsync(TestContexts.Server) : stream.AuthenticateAsClientAsync(TestContexts.Client, "localhost"),
            []);
        Assert.Equal(S2nErrorType.Closed, error.ErrorType);
    }

    [Fact]
    public async Task An_alert_is_reported_by_its_name()
    {
        S2nException error = await ErrorAsync(
            stream => stream.AuthenticateAsClientAsync(TestContexts.Client, "localhost"), [21, 3, 3, 0, 2, 2, 40]);
        Assert.Equal(S2nErrorType.Alert, error.ErrorType);
        Assert.Equal(TlsAlert.HandshakeFailure, error.Alert);
        Assert.Contains("HandshakeFailure (40)", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Lets the peer say something and close, over real TCP.</summary>
    private static async Task<S2nException> ErrorAsync(Func<S2nStream, Task> authenticate, byte[] spoken)
    {
        (Stream peer, Stream own) = await TcpPair.ConnectAsync();
        await using var stream = new S2nStream(own);
        Task handshake = authenticate(stream);
        await peer.WriteAsync(spoken);
        if (spoken.Length == 0)
        {
            await peer.DisposeAsync();
        }

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => handshake.WithDeadline());
        await peer.DisposeAsync();
        return Assert.IsType<S2nException>(spoken.Length == 0 ? error : Assert.IsType<AuthenticationException>(error).InnerException);
    }
}
