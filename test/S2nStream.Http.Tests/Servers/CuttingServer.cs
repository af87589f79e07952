using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace S2nTls.Http.Tests.Servers;

/// <summary>
/// Takes requests of HTTP/1.1, answers them all with the same bytes, and then ends the connection without <c>close_notify</c>. It goes on taking
/// connections: a request that is sent again is counted, and gets no further.
/// </summary>
internal sealed class CuttingServer : IAsyncDisposable
{
    private readonly TcpService _service;
    private readonly byte[] _answer;
    private readonly CutKind _cut;
    private readonly Func<string, string?>? _answerInFull;
    private readonly bool _overS2n;

    /// <param name="answer">What it answers before it cuts.</param>
    /// <param name="cut">How it cuts.</param>
    /// <param name="answerInFull">For a request's head, what it answers when it does not cut; null to cut.</param>
    /// <param name="overS2n">Whether its TLS is s2n's, too.</param>
    public CuttingServer(string answer, CutKind cut, Func<string, string?>? answerInFull = null, bool overS2n = false)
    {
        _answer = Encoding.ASCII.GetBytes(answer);
        _cut = cut;
        _answerInFull = answerInFull;
        _overS2n = overS2n;
        _service = new TcpService(ServeAsync);
    }

    public Uri Url => new($"https://localhost:{_service.Port}");

    /// <summary>The heads of the requests that were answered in full.</summary>
    public ConcurrentQueue<string> Answered { get; } = [];

    /// <summary>The heads of those that were cut.</summary>
    public ConcurrentQueue<string> Cut { get; } = [];

    public static string? Never(string head) => null;

    /// <summary>Answers the first request in full: its connection is kept.</summary>
    public static Func<string, string?> First()
    {
        int answered = 0;
        return _ => Interlocked.Increment(ref answered) == 1 ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" : null;
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private async Task ServeAsync(NetworkStream connection)
    {
        Stream tls = await AuthenticateAsync(connection);
        string head = await ReadHeadAsync(tls);
        while (_answerInFull?.Invoke(head) is { } whole)
        {
            Answered.Enqueue(head);
            await tls.WriteAsync(Encoding.ASCII.GetBytes(whole));
            head = await ReadHeadAsync(tls);
        }

        Cut.Enqueue(head);
        if (_answer.Length > 0)
        {
            await tls.WriteAsync(_answer);
        }

        await _cut.ApplyAsync(connection);
    }

    private async Task<Stream> AuthenticateAsync(NetworkStream connection)
    {
        if (_overS2n)
        {
            var s2n = new S2nStream(connection, leaveInnerStreamOpen: true);
            await s2n.AuthenticateAsServerAsync(TestContexts.Server);
            return s2n;
        }

        var stream = new SslStream(connection, leaveInnerStreamOpen: true);
        await stream.AuthenticateAsServerAsync(TestAuthority.Localhost);
        return stream;
    }

    private static async Task<string> ReadHeadAsync(Stream tls)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n")
        {
            await tls.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
