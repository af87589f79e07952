using System.Security.Authentication;
using System.Text;

namespace S2nTls.Tests.Peers;

/// <summary>On TLS 1.3 the two directions end separately (RFC 8446 §6.1): also with peers that nobody here wrote.</summary>
public class PeersHalfCloseTests
{
    private const int Size = 1_000_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_half_close_all_that_SslStream_answers_arrives(bool asClient)
    {
        await using SslStreamPeer peer = await ConnectToSslStreamAsync(asClient);
        await peer.ExplainAsync(async () =>
        {
            await peer.Stream.WriteAsync("question"u8.ToArray());
            await peer.Stream.ShutdownWriteAsync();

            // SslStream answers only once it has seen this side's end.
            Assert.Equal("question", await ReadTextAsync(peer.Ssl));
            await Crossing.CheckAsync(Size, peer.Ssl, peer.Ssl.ShutdownAsync, peer.Stream);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_SslStreams_half_close_this_side_goes_on_writing(bool asClient)
    {
        await using SslStreamPeer peer = await ConnectToSslStreamAsync(asClient);
        await peer.ExplainAsync(async () =>
        {
            await peer.Ssl.WriteAsync("question"u8.ToArray());
            await peer.Ssl.ShutdownAsync();
            Assert.Equal("question", await ReadTextAsync(peer.Stream));
            await Crossing.CheckAsync(Size, peer.Stream, () => peer.Stream.ShutdownWriteAsync(), peer.Ssl);
        });
    }

    [Fact]
    [Needs("openssl")]
    public async Task After_a_half_close_the_answer_of_openssl_s_server_arrives()
    {
        // s_server answers a line with its reverse; a line without an end is one only once the data has ended.
        await using ProgramPeer peer = await OpenSsl.ServerAsync(SslProtocols.Tls13, more: "-rev");
        await peer.ExplainAsync(async () =>
        {
            await peer.Stream.WriteAsync("question"u8.ToArray());
            await peer.Stream.ShutdownWriteAsync();
            Assert.Equal("noitseuq\n", await ReadTextAsync(peer.Stream));
        });
    }

    [Fact]
    [Needs("gnutls-serv")]
    public async Task After_a_half_close_the_lines_that_gnutls_serv_sends_back_arrive()
    {
        await using ProgramPeer peer = await GnuTls.ServerAsync(SslProtocols.Tls13, more: "--echo");
        await peer.ExplainAsync(async () =>
        {
            await peer.Stream.WriteAsync("one\ntwo\n"u8.ToArray());
            await peer.Stream.ShutdownWriteAsync();
            Assert.Equal("one\ntwo\n", await ReadTextAsync(peer.Stream));
        });
    }

    [Fact]
    [Needs("gnutls-cli")]
    public async Task After_the_half_close_of_gnutls_cli_this_side_goes_on_writing()
    {
        // gnutls-cli half-closes at the end of its input, and goes on writing down what it receives.
        await using ProgramPeer peer = await GnuTls.ClientAsync(SslProtocols.Tls13);
        await peer.ExplainAsync(async () =>
        {
            await peer.Input.WriteAsync("question"u8.ToArray());
            await peer.EndInputAsync();
            Assert.Equal("question", await ReadTextAsync(peer.Stream));
            await Crossing.CheckAsync(
                Size, peer.Stream, () => peer.Stream.ShutdownWriteAsync(), new UnhurriedStream(peer.Output));
            await peer.ExpectSuccessAsync();
        });
    }

    private static Task<SslStreamPeer> ConnectToSslStreamAsync(bool asClient) =>
        asClient ? SslStreamPeer.ServerAsync(SslProtocols.Tls13) : SslStreamPeer.ClientAsync(SslProtocols.Tls13);

    private static Task<string> ReadTextAsync(Stream stream) =>
        new StreamReader(stream, Encoding.UTF8, leaveOpen: true).ReadToEndAsync().WithDeadline();
}
