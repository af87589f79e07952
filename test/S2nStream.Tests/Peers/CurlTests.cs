using System.Security.Authentication;
using System.Text;

namespace S2nTls.Tests.Peers;

/// <summary>The peer is <c>curl</c>, and this library's server speaks just enough HTTP/1.1 for it.</summary>
[Needs("curl")]
public class CurlTests
{
    private const int EmptyReply = 52;

    [Theory]
    [MemberData(nameof(TransferCases.Sizes), MemberType = typeof(TransferCases))]
    public Task Curl_gets_data_unchanged(SslProtocols protocol, int size) => GetAsync(protocol, size);

    [Fact]
    public Task Curl_gets_sixty_four_MiB_unchanged() => GetAsync(SslProtocols.Tls13, Crossing.SixtyFourMiB);

    [Theory]
    [MemberData(nameof(TransferCases.Sizes), MemberType = typeof(TransferCases))]
    public Task Curl_uploads_data_unchanged(SslProtocols protocol, int size) => UploadAsync(protocol, size);

    [Fact]
    public Task Curl_uploads_sixty_four_MiB_unchanged() => UploadAsync(SslProtocols.Tls13, Crossing.SixtyFourMiB);

    [Fact]
    public async Task An_end_without_an_answer_is_an_empty_reply_to_curl_and_not_an_error_of_tls()
    {
        await using ProgramPeer curl = await Curl.ClientAsync(SslProtocols.Tls13);
        await curl.ExplainAsync(async () =>
        {
            await HttpHead.ReadAsync(curl.Stream).WithDeadline();
            await curl.Stream.DisposeAsync();
            Assert.Equal(EmptyReply, await curl.Program.ExitCodeAsync());
        });
    }

    private static async Task GetAsync(SslProtocols protocol, int size)
    {
        await using ProgramPeer curl = await Curl.ClientAsync(protocol);
        await curl.ExplainAsync(async () =>
        {
            Assert.Equal(protocol, curl.Stream.SslProtocol);
            HttpHead request = await HttpHead.ReadAsync(curl.Stream).WithDeadline();
            Assert.Equal("GET /data HTTP/1.1", request.FirstLine);
            await AnswerAsync(curl.Stream, size);
            await Crossing.CheckAsync(size, curl.Stream, () => curl.Stream.ShutdownWriteAsync(), curl.Output);
            await curl.ExpectEndAsync();
            await curl.ExpectSuccessAsync();
        });
    }

    private static async Task UploadAsync(SslProtocols protocol, int size)
    {
        // Expect would make curl wait for a 100 Continue.
        await using ProgramPeer curl = await Curl.ClientAsync(protocol, more: ["--upload-file", "-", "--header", "Expect:"]);
        await curl.ExplainAsync(async () =>
        {
            Assert.Equal(protocol, curl.Stream.SslProtocol);
            HttpHead request = await HttpHead.ReadAsync(curl.Stream).WithDeadline();
            Assert.Equal("PUT /data HTTP/1.1", request.FirstLine);
            Assert.Equal("chunked", request["Transfer-Encoding"]);
            await Crossing.CheckAsync(size, curl.Input, curl.EndInputAsync, new ChunkedBody(curl.Stream));
            await AnswerAsync(curl.Stream, contentLength: 0);
            await curl.Stream.ShutdownWriteAsync();
            await curl.ExpectEndAsync();
            await curl.ExpectSuccessAsync();
        });
    }

    private static async Task AnswerAsync(S2nStream stream, int contentLength) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Length: {contentLength}\r\nConnection: close\r\n\r\n"));
}
