using System.Net;
using static S2nTls.Http.Tests.Servers.Http2CuttingServer;

namespace S2nTls.Http.Tests.Connections;

/// <summary>As <see cref="CutResponseTests"/>, over HTTP/2.</summary>
public class CutHttp2Tests
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte ResetStream = 3;
    private const byte GoAway = 7;
    private const byte EndHeaders = 4;

    private static readonly byte[] s_settings = Frame(4, 0, 0);

    /// <summary>What the server says before it reads the request, and what in answer to it.</summary>
    private static readonly Dictionary<string, (byte[] Greeting, Func<byte, byte[]> Answer)> s_answers = new()
    {
        ["nothing"] = ([], _ => []),
        ["part of SETTINGS"] = (s_settings[..5], _ => []),
        ["SETTINGS"] = (s_settings, _ => []),
        ["part of a frame's head"] = (s_settings, stream => Frame(Headers, EndHeaders, stream, 0x88)[..3]),
        ["part of HEADERS"] = (s_settings, stream => Frame(Headers, EndHeaders, stream, 0x88, 0x88)[..^1]),
        ["HEADERS that go on"] = (s_settings, stream => Frame(Headers, 0, stream, 0x88)),
        ["HEADERS of 100"] = (s_settings, stream => Frame(Headers, EndHeaders, stream, [0x08, 3, .. "100"u8])),
        ["HEADERS"] = (s_settings, stream => Frame(Headers, EndHeaders, stream, 0x88)),
        ["part of DATA"] = (s_settings, stream => [.. Frame(Headers, EndHeaders, stream, 0x88), .. Frame(Data, 0, stream, [.. "hello"u8])[..^2]]),
        ["DATA"] = (s_settings, stream => [.. Frame(Headers, EndHeaders, stream, 0x88), .. Frame(Data, 0, stream, [.. "hello"u8])]),
        ["garbage"] = (s_settings, _ => [.. "HTTP/1.1 400 Bad Request\r\n\r\n"u8]),
        ["GOAWAY after it"] = (s_settings, stream => Frame(GoAway, 0, 0, 0, 0, 0, stream, 0, 0, 0, 0)),
    };

    public static TheoryData<string, CutKind, bool> Cuts
    {
        get
        {
            var cuts = new TheoryData<string, CutKind, bool>();
            foreach (string answer in s_answers.Keys)
            {
                foreach (CutKind cut in Enum.GetValues<CutKind>())
                {
                    cuts.Add(answer, cut, false);
                    cuts.Add(answer, cut, true);
                }
            }

            return cuts;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task One_that_is_cut_short_is_what_it_is_with_SocketsHttpHandler(string answer, CutKind cut, bool isKept)
    {
        foreach (string method in new[] { "GET", "PUT", "POST", "DELETE" })
        {
            foreach (string? content in new[] { null, "once" })
            {
                (int Requests, string) theirs = await TryAsync(new SocketsHttpHandler { UseProxy = false, SslOptions = Clients.SslOptions() }, method, content, answer, cut, isKept);
                (int Requests, string) ours = await TryAsync(Clients.Handler(), method, content, answer, cut, isKept);
                Assert.Equal((method, content, 1), (method, content, ours.Requests));
                Assert.Equal((method, content, 1), (method, content, theirs.Requests));
                if (cut == CutKind.Fin) // a reset is told to a read, or to one of the writes, or overtakes the answer
                {
                    Assert.Equal((method, content, theirs), (method, content, ours));
                }
            }
        }
    }

    /// <summary>What a server says that it has not looked at is sent again: SocketsHttpHandler does it by itself.</summary>
    [Theory]
    [InlineData("REFUSED_STREAM")]
    [InlineData("GOAWAY before it")]
    public async Task What_the_server_has_refused_is_sent_again_as_often_as_with_SocketsHttpHandler(string answer)
    {
        Func<byte, byte[]> refusal = answer == "REFUSED_STREAM"
            ? stream => Frame(ResetStream, 0, stream, 0, 0, 0, 7)
            : _ => Frame(GoAway, 0, 0, new byte[8]);
        foreach (string? content in new[] { null, "once" })
        {
            (int Requests, string) theirs = await TryAsync(new SocketsHttpHandler { UseProxy = false, SslOptions = Clients.SslOptions() }, "POST", content, s_settings, refusal, null, false);
            (int, string) ours = await TryAsync(Clients.Handler(), "POST", content, s_settings, refusal, null, false);
            Assert.Equal(theirs, ours);
            Assert.Equal(4, theirs.Requests);
        }
    }

    private static Task<(int Requests, string Result)> TryAsync(
        HttpMessageHandler handler, string method, string? content, string answer, CutKind cut, bool isKept) =>
        TryAsync(handler, method, content, s_answers[answer].Greeting, s_answers[answer].Answer, cut, isKept);

    private static async Task<(int Requests, string Result)> TryAsync(
        HttpMessageHandler handler, string method, string? content, byte[] greeting, Func<byte, byte[]> its, CutKind? cut, bool isKept)
    {
        await using var server = new Http2CuttingServer(greeting, its, cut, isKept && greeting == s_settings ? 1 : 0);
        using var client = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (isKept && greeting == s_settings)
        {
            Assert.Equal("ok", await client.GetStringAsync(server.Url).WithDeadline());
        }

        using var request = new HttpRequestMessage(new HttpMethod(method), server.Url) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Content = content is null ? null : new StringContent(content);
        string result;
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request).WithDeadline();
            result = $"{response.StatusCode} {await response.Content.ReadAsStringAsync().WithDeadline()}";
        }
        catch (HttpRequestException e)
        {
            result = $"{e.GetType().Name} {e.HttpRequestError} {e.StatusCode}, in it {e.InnerException?.GetType().Name}";
        }

        return (server.Requests, result);
    }
}
