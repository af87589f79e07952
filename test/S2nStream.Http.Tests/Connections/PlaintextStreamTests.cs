using System.Net.Sockets;
using System.Text;
using S2nTls.Http.Carrier;
using S2nTls.Http.Connections;

namespace S2nTls.Http.Tests.Connections;

/// <summary>When an end without <c>close_notify</c> is shown to the inner handler as an end, and when as a response that was cut off.</summary>
public class PlaintextStreamTests
{
    private const string Get = "GET /path?query HTTP/1.1\r\nHost: localhost\r\n\r\n";

    [Theory]
    [InlineData(Get, true)]
    [InlineData("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n", true)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", true)]
    [InlineData("TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", true)]
    [InlineData("PUT / HTTP/1.0\r\nHost: localhost\r\n\r\n", true)]
    [InlineData("DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n", true)]
    [InlineData("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n", false)]
    [InlineData("PATCH / HTTP/1.1\r\nHost: localhost\r\n\r\n", false)]
    [InlineData("CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n", false)]
    [InlineData("GETTING / HTTP/1.1\r\nHost: localhost\r\n\r\n", false)]
    [InlineData("get / HTTP/1.1\r\nHost: localhost\r\n\r\n", false)]
    [InlineData("GET what is this\r\n", false)]
    [InlineData("GET", false)]
    [InlineData("", false)]
    public async Task After_a_request_that_may_be_sent_twice_an_end_is_an_end(string written, bool isEnd)
    {
        foreach (bool isWaiting in new[] { false, true })
        {
            foreach (bool synchronously in new[] { false, true })
            {
                await using var pair = await CutPair.CreateAsync();
                Task<int>? waiting = isWaiting ? pair.ReadAsync(synchronously) : null;
                await pair.WriteAsync(written, synchronously);
                pair.Cut();
                await ExpectAsync(isEnd, waiting ?? pair.ReadAsync(synchronously));
                await ExpectAsync(isEnd, pair.ReadAsync(synchronously)); // however often it is asked
            }
        }
    }

    [Fact]
    public async Task Nothing_is_an_end_when_a_byte_has_come_after_the_request()
    {
        await using var pair = await CutPair.CreateAsync();
        Task<int> waiting = pair.ReadAsync();
        await pair.WriteAsync(Get);
        await pair.Server.WriteAsync("H"u8.ToArray());
        Assert.Equal(1, await waiting.WithDeadline());
        pair.Cut();
        await ExpectAsync(false, pair.ReadAsync());
    }

    [Fact]
    public async Task Nothing_is_an_end_when_content_has_followed_the_request()
    {
        await using var pair = await CutPair.CreateAsync();
        await pair.WriteAsync(Get.Replace("GET", "PUT", StringComparison.Ordinal));
        await pair.WriteAsync("content");
        pair.Cut();
        await ExpectAsync(false, pair.ReadAsync());
    }

    /// <summary>They may be the whole answer, such as a 408, but for the rest of its content.</summary>
    [Fact]
    public async Task What_has_come_before_the_request_is_not_forgotten()
    {
        await using var pair = await CutPair.CreateAsync();
        await pair.Server.WriteAsync("HTTP/1.1 408 Request Timeout\r\n\r\nhalf of"u8.ToArray());
        Assert.True(await pair.ReadAsync().WithDeadline() > 0);
        await pair.WriteAsync(Get);
        pair.Cut();
        await ExpectAsync(false, pair.ReadAsync());
    }

    [Fact]
    public async Task On_a_kept_connection_the_read_that_waits_for_the_answer_shows_the_end()
    {
        await using var pair = await CutPair.CreateAsync();
        await pair.WriteAsync(Get);
        await pair.Server.WriteAsync("all of it"u8.ToArray());
        Assert.True(await pair.ReadAsync().WithDeadline() > 0);

        Task<int> waiting = pair.ReadAsync();
        await pair.WriteAsync(Get);
        pair.Cut();

        await ExpectAsync(true, waiting);
    }

    [Fact]
    public async Task A_read_that_waits_without_a_buffer_is_as_any_other()
    {
        await using var pair = await CutPair.CreateAsync();
        Task<int> waiting = pair.Client.ReadAsync(Memory<byte>.Empty).AsTask();
        await pair.WriteAsync(Get);
        pair.Cut();
        await ExpectAsync(true, waiting);

        await using var other = await CutPair.CreateAsync();
        waiting = other.Client.ReadAsync(Memory<byte>.Empty).AsTask();
        await other.WriteAsync(Get);
        await other.Server.WriteAsync("H"u8.ToArray());
        Assert.Equal(0, await waiting.WithDeadline());
        Assert.Equal(1, await other.ReadAsync().WithDeadline());
        other.Cut();
        await ExpectAsync(false, other.Client.ReadAsync(Memory<byte>.Empty).AsTask());
    }

    [Fact]
    public async Task Nothing_written_means_nothing_is_an_end()
    {
        await using var pair = await CutPair.CreateAsync();
        pair.Cut();
        await ExpectAsync(false, pair.ReadAsync());
    }

    [Fact]
    public async Task With_HTTP_2_every_end_is_an_end()
    {
        await using var pair = await CutPair.CreateAsync(isHttp2: true);
        await pair.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        await pair.Server.WriteAsync("H"u8.ToArray());
        Assert.Equal(1, await pair.ReadAsync().WithDeadline());
        pair.Cut();
        await ExpectAsync(true, pair.ReadAsync());
    }

    private static async Task ExpectAsync(bool isEnd, Task<int> read)
    {
        if (isEnd)
        {
            Assert.Equal(0, await read.WithDeadline());
            return;
        }

        var cut = await Assert.ThrowsAsync<HttpIOException>(() => read.WithDeadline());
        Assert.Equal(HttpRequestError.ResponseEnded, cut.HttpRequestError);
        Assert.Equal(S2nErrorType.Closed, Assert.IsType<S2nException>(cut.InnerException).ErrorType);
    }

    /// <summary>A client's stream as the inner handler has it, and a server whose connection can be cut.</summary>
    private sealed class CutPair : IAsyncDisposable
    {
        private readonly TlsPair _tls;
        private readonly byte[] _buffer = new byte[100];

        private CutPair(TlsPair tls, bool isHttp2)
        {
            _tls = tls;
            Client = new PlaintextStream(tls.Client, isHttp2);
        }

        public PlaintextStream Client { get; }

        public S2nStream Server => _tls.Server;

        public static async Task<CutPair> CreateAsync(bool isHttp2 = false) => new(await TlsPair.OverTcpAsync(), isHttp2);

        public Task<int> ReadAsync(bool synchronously = false) =>
            synchronously
                ? Task.Factory.StartNew(() => Client.Read(_buffer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                : Client.ReadAsync(_buffer).AsTask();

        public async Task WriteAsync(string text, bool synchronously = false)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(text);
            if (synchronously)
            {
                await Deadline.Run(() => Client.Write(bytes));
            }
            else
            {
                await Client.WriteAsync(bytes).WithDeadline();
            }
        }

        public void Cut() => ((NetworkStream)_tls.InnerServer!).Socket.Shutdown(SocketShutdown.Send);

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await _tls.DisposeAsync();
        }
    }
}
