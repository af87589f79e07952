using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using S2nTls.Tests.Peers;

namespace S2nTls.Tests.EarlyData;

/// <summary>Early data with OpenSSL at the other end.</summary>
[Needs("openssl")]
public class OpenSslEarlyDataTests
{
    private static readonly byte[] s_request = "a request in the handshake\n"u8.ToArray();

    [Theory]
    [InlineData(true, null, "accepted")]
    [InlineData(false, null, "rejected")]
    [InlineData(true, "X448:P-256", "rejected")] // s2n has no X448: a HelloRetryRequest
    public async Task Openssl_s_client_sends_it_and_hears_what_became_of_it(bool answer, string? groups, string verdict)
    {
        using var directory = new TempDirectory();
        string session = directory.PathOf("session.pem"), request = directory.PathOf("request");
        await File.WriteAllBytesAsync(request, s_request);
        var guard = new AnsweringGuard(answer);
        using S2nContext server = EarlyDataPair.MakeServer(guard);
        await using (ProgramPeer first = await OpenSsl.ClientAsync(SslProtocols.Tls13, server, more: ["-sess_out", session]))
        {
            await first.ExplainAsync(async () =>
            {
                Assert.Equal(S2nEarlyDataStatus.NotOffered, first.Stream.EarlyDataStatus);
                await first.Stream.WriteAsync("hello"u8.ToArray());
                await first.Output.ReadExactlyAsync(new byte[5]).AsTask().WithDeadline();
                await first.Stream.DisposeAsync();
                await first.Program.ExitCodeAsync();
            });
        }

        await using ProgramPeer second = await OpenSsl.ClientAsync(
            SslProtocols.Tls13, server, tells: true, more: ["-sess_in", session, "-early_data", request, .. groups is null ? [] : (string[])["-groups", groups]]);
        await second.ExplainAsync(async () =>
        {
            bool isAccepted = verdict == "accepted";
            Assert.True(second.Stream.IsSessionResumed);
            Assert.Equal(isAccepted ? S2nEarlyDataStatus.Accepted : S2nEarlyDataStatus.Rejected, second.Stream.EarlyDataStatus);
            Assert.Equal(isAccepted ? s_request : [], await EarlyDataPair.ReadAllAsync(second.Stream));
            Assert.Equal(groups is null ? 1 : 0, guard.Offers.Count);
            Assert.Equal(groups is not null, second.Stream.HandshakeTypes.HasFlag(S2nHandshakeTypes.HelloRetryRequest));
            await second.Input.WriteAsync("and one after it\n"u8.ToArray());
            await second.Input.FlushAsync();
            byte[] later = new byte[17];
            await second.Stream.ReadExactlyAsync(later).WithDeadline();
            Assert.Equal("and one after it\n", Encoding.ASCII.GetString(later));
            await second.Stream.DisposeAsync();
            Assert.Contains($"Early data was {verdict}", await second.ReadReportAsync(), StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(S2nEarlyDataStatus.Accepted, "-early_data")]
    [InlineData(S2nEarlyDataStatus.NotOffered)] // its tickets do not allow any
    [InlineData(S2nEarlyDataStatus.NotOffered, "-early_data", "-max_early_data", "10")]
    [InlineData(S2nEarlyDataStatus.Rejected, "-early_data", "-groups", "P-521")] // a HelloRetryRequest
    public async Task Openssl_s_server_takes_it_where_its_tickets_and_groups_allow_it(S2nEarlyDataStatus expected, params string[] more)
    {
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        await using PeerProgram server = PeerProgram.Start(
            "openssl",
            ["s_server", "-accept", "127.0.0.1:0", "-naccept", "2", "-tls1_3", "-quiet", "-cert", PemFiles.Certificate, "-key", PemFiles.Key, .. more],
            directory);
        await server.ExplainAsync(async () =>
        {
            int port = await ListeningPort.OfAsync(server);
            using S2nContext client = EarlyDataPair.MakeClient();
            bool isRetried = more.Contains("-groups");
            Assert.Equal(S2nEarlyDataStatus.NotOffered, await TalkAsync(client, port, server, isRetried));
            Assert.Equal(expected, await TalkAsync(client, port, server, isRetried));
            await server.Input.DisposeAsync();
            using var output = new StreamReader(server.Output);
            string received = await output.ReadToEndAsync().WithDeadline();
            Assert.Equal(2, received.Split(Encoding.ASCII.GetString(s_request)).Length - 1); // one each, whichever way it came
        });
    }

    /// <summary>Sends the request in the handshake, or else after it, and reads a line.</summary>
    private static async Task<S2nEarlyDataStatus> TalkAsync(S2nContext client, int port, PeerProgram server, bool isRetried)
    {
        using var tcp = new TcpClient("127.0.0.1", port);
        await using var stream = new S2nStream(tcp.GetStream());
        await stream.AuthenticateAsClientAsync(client, new S2nClientConnectionOptions { TargetHost = "localhost", EarlyData = s_request }).WithDeadline();
        if (stream.EarlyDataStatus != S2nEarlyDataStatus.Accepted)
        {
            await stream.WriteAsync(s_request);
        }

        await server.Input.WriteAsync("answer\n"u8.ToArray());
        await server.Input.FlushAsync();
        await stream.ReadExactlyAsync(new byte[7]).WithDeadline();
        Assert.Equal(isRetried, stream.HandshakeTypes.HasFlag(S2nHandshakeTypes.HelloRetryRequest));
        return stream.EarlyDataStatus;
    }
}
