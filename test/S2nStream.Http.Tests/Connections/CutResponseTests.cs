using System.Net;
using System.Net.Security;
using System.Text;

namespace S2nTls.Http.Tests.Connections;

/// <summary>
/// Responses over HTTP/1.1 that are cut short, tried with SocketsHttpHandler beside ours: as many requests on the wire, the same exceptions, and at
/// once. A request is sent again only where not one byte has come since it was written.
/// </summary>
public class CutResponseTests
{
    private const string Nothing = "nothing";

    /// <summary>What the server says before the end.</summary>
    private static readonly Dictionary<string, string> s_answers = new()
    {
        [Nothing] = "",
        ["a letter"] = "H",
        ["part of the status line"] = "HTTP/1.1 20",
        ["the status line"] = "HTTP/1.1 200 OK\r\n",
        ["part of the head"] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
        ["the head"] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        ["part of the body"] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
        ["100"] = "HTTP/1.1 100 Continue\r\n\r\n",
        ["100 and a letter"] = "HTTP/1.1 100 Continue\r\n\r\nH",
        ["100 and part of a head"] = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
        ["103"] = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
        ["part of 103"] = "HTTP/1.1 103 Early Hints\r\nLink: </style",
        ["the head of chunks"] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        ["part of a chunk"] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        ["chunks without the last"] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        ["part of the trailers"] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nDigest: 1\r\n",
        ["garbage"] = "what is this",
        ["an error's head"] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n",
    };

    private static readonly Kind[] s_kinds =
    [
        new("GET"), new("GET", Synchronously: true), new("HEAD"), new("DELETE"), new("POST"), new("PUT"),
        new("PUT", Content: "once"), new("POST", Content: "once"), new("PUT", Content: "once", Synchronously: true),
        new("PUT", Content: "once", Expects: true), new("POST", Content: "once", Expects: true),
    ];

    public static TheoryData<string, CutKind, bool, bool> Cuts
    {
        get
        {
            var cuts = new TheoryData<string, CutKind, bool, bool>();
            foreach (string answer in s_answers.Keys)
            {
                foreach (CutKind cut in Enum.GetValues<CutKind>())
                {
                    cuts.Add(answer, cut, false, false);
                    cuts.Add(answer, cut, true, false);
                    cuts.Add(answer, cut, false, true);
                }
            }

            return cuts;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task One_that_is_cut_short_is_what_it_is_with_SocketsHttpHandler(string answer, CutKind cut, bool isKept, bool serverIsS2n)
    {
        foreach (Kind kind in s_kinds)
        {
            Outcome theirs = await TryAsync(Sockets(), kind, answer, cut, isKept, serverIsS2n);
            Outcome ours = await TryAsync(Ours(), kind, answer, cut, isKept, serverIsS2n);

            if (cut == CutKind.Reset && kind.Expects)
            {
                // The reset is told to whoever comes first: to the content that is being sent, or to the read, which finds no more than an end after that.
                (theirs, ours) = (WithoutReason(theirs), WithoutReason(ours));
            }

            // What may not be done twice is not sent twice: SocketsHttpHandler asks only whether its content was begun.
            bool mayBeSentAgain = kind.Method != "POST";
            Assert.Equal((kind, mayBeSentAgain ? theirs : theirs with { Requests = 1 }), (kind, ours));
            Assert.True(ours.Requests == 1 || answer == Nothing, $"{kind}: {ours}");
        }
    }

    [Fact]
    public async Task A_post_without_content_and_without_an_answer_is_sent_once_and_four_times_with_SocketsHttpHandler()
    {
        var post = new Kind("POST");
        Assert.Equal(4, (await TryAsync(Sockets(), post, Nothing, CutKind.Fin, isKept: false, serverIsS2n: false)).Requests);
        Assert.Equal(1, (await TryAsync(Ours(), post, Nothing, CutKind.Fin, isKept: false, serverIsS2n: false)).Requests);
    }

    /// <summary>It is the end that says that it is complete: only a <c>close_notify</c> can (RFC 8446 §6.1).</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_whose_end_is_the_connections_is_never_taken_for_complete(bool isKept)
    {
        await using var server = new CuttingServer("HTTP/1.1 200 OK\r\n\r\nhalf of", CutKind.Fin, isKept ? CuttingServer.First() : null);
        using var client = new HttpClient(Ours()) { Timeout = Timeout.InfiniteTimeSpan };
        if (isKept)
        {
            await client.GetStringAsync(server.Url).WithDeadline();
        }

        var buffered = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(server.Url).WithDeadline());
        using HttpResponseMessage response = await client.GetAsync(server.Url, HttpCompletionOption.ResponseHeadersRead).WithDeadline();
        Stream body = await response.Content.ReadAsStreamAsync();
        var read = await Assert.ThrowsAsync<HttpIOException>(() => new StreamReader(body).ReadToEndAsync().WithDeadline());

        Assert.Equal(HttpRequestError.ResponseEnded, buffered.HttpRequestError);
        Assert.Equal(HttpRequestError.ResponseEnded, read.HttpRequestError);
        Assert.Equal(S2nErrorType.Closed, Assert.IsType<S2nException>(read.InnerException).ErrorType);
        Assert.Equal(2, server.Cut.Count);
    }

    [Fact]
    public async Task After_an_upgrade_an_end_is_an_error_whatever_was_written()
    {
        await using var server = new CuttingServer("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n", CutKind.Fin);
        using var client = new HttpClient(Ours()) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Url);
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("raw");
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WithDeadline();
        Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
        Stream raw = await response.Content.ReadAsStreamAsync();

        ValueTask<int> read = raw.ReadAsync(new byte[1]);
        await raw.WriteAsync("DELETE it all"u8.ToArray()).WithDeadline();

        Assert.Equal(HttpRequestError.ResponseEnded, (await Assert.ThrowsAsync<HttpIOException>(() => read.WithDeadline())).HttpRequestError);
    }

    /// <summary>The user's own filter is between the handler and TLS.</summary>
    [Theory]
    [InlineData(Nothing, 4)]
    [InlineData("a letter", 1)]
    public async Task Under_a_filter_it_is_the_same(string answer, int requests)
    {
        foreach (bool ours in new[] { false, true })
        {
            await using var server = new CuttingServer(s_answers[answer], CutKind.Fin);
            using HttpClient client = ours
                ? Clients.Create(handler => handler.PlaintextStreamFilter = Buffer)
                : Clients.Over(new SocketsHttpHandler { UseProxy = false, SslOptions = Clients.SslOptions(), PlaintextStreamFilter = Buffer });

            var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url).WithDeadline());

            Assert.Equal(HttpRequestError.ResponseEnded, error.HttpRequestError);
            Assert.Equal(requests, server.Cut.Count);
        }

        static ValueTask<Stream> Buffer(SocketsHttpPlaintextStreamFilterContext context, CancellationToken cancellationToken) =>
            ValueTask.FromResult<Stream>(new BufferedStream(context.PlaintextStream));
    }

    [Theory]
    [InlineData(Nothing, 4)]
    [InlineData("a letter", 1)]
    public async Task A_request_with_a_long_head_is_no_exception(string answer, int requests)
    {
        foreach (HttpMessageHandler handler in new HttpMessageHandler[] { Sockets(), Ours() })
        {
            await using var server = new CuttingServer(s_answers[answer], CutKind.Fin);
            using HttpClient client = Clients.Over(handler);
            client.DefaultRequestHeaders.Add("Long", new string('x', 100_000));

            var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url).WithDeadline());

            Assert.Equal(HttpRequestError.ResponseEnded, error.HttpRequestError);
            Assert.Equal(requests, server.Cut.Count);
        }
    }

    [Fact]
    public async Task What_was_answered_before_the_one_that_is_sent_again_is_not_asked_for_again()
    {
        foreach (SocketsHttpHandler? theirs in new[] { Sockets(), null })
        {
            var credentials = new NetworkCredential("me", "secret");
            HttpMessageHandler handler = theirs ?? (HttpMessageHandler)Clients.Handler(ours => ours.Credentials = credentials);
            theirs?.Credentials = credentials;
            await using var server = new CuttingServer("", CutKind.Fin, head => head.Contains("Authorization: ", StringComparison.Ordinal)
                ? null
                : "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"here\"\r\nContent-Length: 0\r\n\r\n");
            using HttpClient client = Clients.Over(handler);

            var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url).WithDeadline());

            Assert.Equal(HttpRequestError.ResponseEnded, error.HttpRequestError);
            Assert.Single(server.Answered);
            Assert.Equal(4, server.Cut.Count);
        }
    }

    /// <summary>For http it is the proxy's answer; for https the answer to CONNECT.</summary>
    [Theory]
    [InlineData("http", Nothing)]
    [InlineData("http", "a letter")]
    [InlineData("http", "part of the body")]
    [InlineData("https", "a letter")]
    public async Task That_of_a_proxy_behind_tls_is_no_exception(string scheme, string answer)
    {
        var outcomes = new List<Outcome>();
        foreach (bool ours in new[] { false, true })
        {
            await using var proxy = new CuttingServer(s_answers[answer], CutKind.Fin);
            var address = new WebProxy(proxy.Url);
            using HttpClient client = Clients.Over(ours
                ? new S2nHttpHandler(Clients.Context) { Proxy = address }
                : new SocketsHttpHandler { Proxy = address, SslOptions = Clients.SslOptions() });

            var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"{scheme}://origin.test/")).WithDeadline());

            outcomes.Add(new Outcome(proxy.Cut.Count, $"{error.HttpRequestError}"));
        }

        Assert.Equal(outcomes[0], outcomes[1]);
    }

    private static Outcome WithoutReason(Outcome outcome) => outcome with { Result = outcome.Result.Split(' ')[0] };

    private static SocketsHttpHandler Sockets() => new() { UseProxy = false, SslOptions = Clients.SslOptions() };

    private static S2nHttpHandler Ours() => Clients.Handler();

    private static async Task<Outcome> TryAsync(HttpMessageHandler handler, Kind kind, string answer, CutKind cut, bool isKept, bool serverIsS2n)
    {
        await using var server = new CuttingServer(s_answers[answer], cut, isKept ? CuttingServer.First() : null, serverIsS2n);
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        if (isKept)
        {
            Assert.Equal("ok", await client.GetStringAsync(server.Url).WithDeadline());
        }

        string result;
        try
        {
            result = await SendAsync(client, server.Url, kind).WithDeadline();
        }
        catch (HttpRequestException e)
        {
            result = $"{e.GetType().Name} {e.HttpRequestError} {e.StatusCode}, in it {e.InnerException?.GetType().Name}";
        }

        return new Outcome(server.Cut.Count, result);
    }

    private static async Task<string> SendAsync(HttpClient client, Uri url, Kind kind)
    {
        using var request = new HttpRequestMessage(new HttpMethod(kind.Method), url);
        if (kind.Content is not null)
        {
            request.Content = new OnceContent(kind.Content);
            request.Headers.ExpectContinue = kind.Expects;
        }

        using HttpResponseMessage response = kind.Synchronously ? await Task.Run(() => client.Send(request)) : await client.SendAsync(request);
        return $"{response.StatusCode} {await response.Content.ReadAsStringAsync()}";
    }

    private sealed record Kind(string Method, string? Content = null, bool Expects = false, bool Synchronously = false);

    private sealed record Outcome(int Requests, string Result);

    /// <summary>Content that is used up when it has been sent.</summary>
    private sealed class OnceContent(string text) : HttpContent
    {
        private byte[]? _bytes = Encoding.ASCII.GetBytes(text);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(Take(), 0, text.Length);

        protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) => stream.Write(Take());

        protected override bool TryComputeLength(out long length)
        {
            length = text.Length;
            return true;
        }

        private byte[] Take() => Interlocked.Exchange(ref _bytes, null) ?? throw new InvalidOperationException("It is sent a second time.");
    }
}
