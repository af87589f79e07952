using System.Security.Cryptography.X509Certificates;
using System.Text;
using S2nTls.Certificates.Stapling;

namespace S2nTls.Tests.Certificates;

/// <summary>How responders are asked over HTTP, and what those can do to us that mean no good.</summary>
public class OcspClientTests
{
    private static readonly X509Certificate2 s_root = CertificateMaker.Authority("Root of clients");
    private static readonly X509Certificate2 s_leaf = CertificateMaker.Leaf(s_root);
    private static readonly byte[] s_request = OcspRequest.Encode(new OcspCertificateId(s_leaf, s_root));

    [Fact]
    public async Task It_asks_by_GET_and_has_the_answer()
    {
        await using var responder = new ScriptedResponder(exchange => exchange.AnswerAsync("an answer"u8.ToArray()));
        Assert.Equal("an answer"u8.ToArray(), await AskAsync(responder.Address));
        ScriptedResponder.Exchange asked = Assert.Single(responder.Seen);
        Assert.Equal("GET", asked.Method);
        Assert.Equal(s_request, asked.Question);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(501)]
    public async Task A_responder_that_does_not_take_GET_is_asked_by_POST(int status)
    {
        await using var responder = new ScriptedResponder(exchange => exchange.Method == "GET" ? exchange.AnswerAsync([], status) : exchange.AnswerAsync([1]));
        Assert.Equal([1], await AskAsync(responder.Address));
        Assert.Equal(["GET", "POST"], responder.Seen.Select(exchange => exchange.Method));
        Assert.Equal(s_request, responder.Seen[1].Question);
        Assert.Contains("Content-Type: application/ocsp-request\r\n", responder.Seen[1].Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_question_is_asked_by_POST_alone()
    {
        await using var responder = new ScriptedResponder(exchange => exchange.AnswerAsync([1]));
        await AskAsync(new Uri(responder.Address, new string('x', 200)));
        Assert.Equal("POST", Assert.Single(responder.Seen).Method);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(204)]
    [InlineData(403)]
    public async Task Another_status_is_an_error_that_names_it(int status)
    {
        await using var responder = new ScriptedResponder(exchange => exchange.AnswerAsync([1], status));
        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(responder.Address));
        Assert.Contains($"{status}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirection_is_not_followed()
    {
        await using var elsewhere = new ScriptedResponder(exchange => exchange.AnswerAsync([1]));
        await using var responder = new ScriptedResponder(exchange => exchange.AnswerAsync([], 302, $"Location: {elsewhere.Address}\r\n"));
        HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(responder.Address));
        Assert.Contains("302", error.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Seen);
    }

    public static TheoryData<string> Endless() => ["says nothing", "sends half a head", "sends a byte now and then", "sends a head and nothing more"];

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task One_that_takes_its_time_is_left_when_the_time_is_over_and_its_connection_closed(string how)
    {
        var clock = new ManualClock(DateTimeOffset.UtcNow);
        await using var responder = new ScriptedResponder(async exchange =>
        {
            byte[] head = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            switch (how)
            {
                case "sends half a head":
                    await exchange.Stream.WriteAsync(head.AsMemory(0, 20), exchange.Token);
                    break;
                case "sends a byte now and then":
                    for (int i = 0; i < 1000; i++)
                    {
                        await exchange.Stream.WriteAsync(i < head.Length ? head.AsMemory(i, 1) : new byte[1], exchange.Token);
                        await Task.Delay(20, exchange.Token);
                    }

                    break;
                case "sends a head and nothing more":
                    await exchange.Stream.WriteAsync(head, exchange.Token);
                    break;
            }

            await exchange.NeverAsync();
        });
        Task<byte[]> asking = AskAsync(responder.Address, clock);
        await Eventually.TrueAsync(() => responder.Seen.Count == 1);
        clock.Advance(TimeSpan.FromSeconds(14));
        Assert.False(asking.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => asking.WithDeadline());
        await Eventually.TrueAsync(() => responder.Open == 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_sends_too_much_is_left_before_it_has_sent_all(bool saysHowMuch)
    {
        await using var responder = new ScriptedResponder(async exchange =>
        {
            string length = saysHowMuch ? "Content-Length: 1000000000\r\n" : "";
            await exchange.Stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{length}\r\n"), exchange.Token);
            while (true)
            {
                await exchange.Stream.WriteAsync(new byte[4096], exchange.Token);
            }
        });
        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => AskAsync(responder.Address));
        Assert.Contains("65536", error.Message, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => responder.Open == 0);
    }

    [Fact]
    public async Task One_that_hangs_up_or_is_not_there_is_an_error()
    {
        await using var responder = new ScriptedResponder(_ => Task.CompletedTask);
        await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(responder.Address));
        await responder.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(new Uri("http://127.0.0.1:1/")));
    }

    [Fact]
    public async Task A_question_that_is_not_wanted_any_more_ends_at_once()
    {
        await using var responder = new ScriptedResponder(exchange => exchange.NeverAsync());
        using var end = new CancellationTokenSource();
        Task<byte[]> asking = AskAsync(responder.Address, null, end.Token);
        await Eventually.TrueAsync(() => responder.Seen.Count == 1);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WithDeadline());
        await Eventually.TrueAsync(() => responder.Open == 0);
    }

    private static Task<byte[]> AskAsync(Uri responder, TimeProvider? clock = null, CancellationToken token = default) =>
        new OcspClient(OcspClient.SharedHttp, TimeSpan.FromSeconds(15), clock ?? TimeProvider.System).AskAsync(responder, s_request, token).WithDeadline();
}
