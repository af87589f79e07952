using System.Security.Authentication;
using System.Text.RegularExpressions;

namespace S2nTls.Tests.Peers;

/// <summary>A peer that wants a new handshake on the old connection (RFC 5246 §7.4.1.1), once or again and again.</summary>
[Needs("openssl")]
public partial class RenegotiationTests
{
    /// <summary>What openssl takes for a command, on a line of its own, when it is not told to be quiet.</summary>
    private static readonly byte[] s_renegotiate = "R\n"u8.ToArray();

    [Fact]
    public async Task A_client_that_renegotiates_is_refused()
    {
        await using ProgramPeer peer = await OpenSsl.ClientAsync(SslProtocols.Tls12, tells: true);
        await peer.Input.WriteAsync(s_renegotiate);
        await peer.Input.FlushAsync();
        var error = await Assert.ThrowsAsync<S2nException>(() => peer.Stream.ReadAsync(new byte[100]).AsTask().WithDeadline());
        Assert.Equal(S2nErrorType.Protocol, error.ErrorType);
    }

    [Fact]
    public async Task A_server_that_asks_for_it_is_ignored_however_often_and_data_goes_on()
    {
        const int Times = 100;
        await using ProgramPeer peer = await OpenSsl.ServerAsync(SslProtocols.Tls12, tells: true, more: "-msg");
        using var report = new StreamReader(peer.Output);
        byte[] received = new byte[6];
        for (int i = 0; i < Times; i++)
        {
            await peer.Input.WriteAsync(s_renegotiate);
            await peer.Input.FlushAsync();
            while (!HelloRequest().IsMatch(await report.ReadLineAsync().WithDeadline() ?? throw new EndOfStreamException()))
            {
            }

            await peer.Input.WriteAsync("hello\n"u8.ToArray());
            await peer.Input.FlushAsync();
            await peer.Stream.ReadExactlyAsync(received).AsTask().WithDeadline();
            Assert.Equal("hello\n"u8.ToArray(), received);
        }
    }

    [GeneratedRegex(@"^>>>.*HelloRequest")]
    private static partial Regex HelloRequest();
}
