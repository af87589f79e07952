using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace S2nTls.Tests.Certificates;

/// <summary>An HTTP server that answers as a test says: with OCSP responses, with something else, slowly, or never.</summary>
internal sealed class ScriptedResponder : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Exchange> _seen = new();
    private readonly Task _accepting;
    private int _open;

    public ScriptedResponder(Func<Exchange, Task>? script = null)
    {
        Script = script ?? (exchange => exchange.AnswerAsync([], status: 500));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What is done about a request.</summary>
    public Func<Exchange, Task> Script { get; set; }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>The requests that have come.</summary>
    public IReadOnlyList<Exchange> Seen => [.. _seen];

    /// <summary>How many requests have not been answered, and their connections live.</summary>
    public int Open => Volatile.Read(ref _open);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.WithDeadline();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // the end
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using (connection)
        {
            Interlocked.Increment(ref _open);
            try
            {
                Exchange exchange = await ReadAsync(connection.GetStream());
                _seen.Enqueue(exchange);
                Task answering = Script(exchange);
                if (await Task.WhenAny(answering, ClosedAsync(connection)) == answering)
                {
                    await answering;
                    connection.Client.Shutdown(SocketShutdown.Send);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // the client has gone, or the test is over
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }
        }
    }

    private async Task ClosedAsync(TcpClient connection)
    {
        byte[] one = new byte[1];
        while (await connection.GetStream().ReadAsync(one, _stop.Token) > 0)
        {
        }
    }

    private async Task<Exchange> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, _stop.Token);
            head.Append((char)one[0]);
        }

        string[] lines = head.ToString().Split("\r\n");
        string? length = lines.FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        byte[] body = new byte[length is null ? 0 : int.Parse(length.AsSpan("Content-Length: ".Length), System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _stop.Token);
        string[] request = lines[0].Split(' ');
        return new Exchange(request[0], request[1], body, head.ToString(), stream, _stop.Token);
    }

    /// <summary>A request, and the stream that the answer goes to.</summary>
    internal sealed record Exchange(string Method, string Path, byte[] Body, string Head, Stream Stream, CancellationToken Token)
    {
        /// <summary>The OCSP request, however it has come.</summary>
        public byte[] Question => Method == "GET" ? Convert.FromBase64String(Uri.UnescapeDataString(Path[(Path.LastIndexOf('/') + 1)..])) : Body;

        public async Task AnswerAsync(byte[] body, int status = 200, string more = "")
        {
            await Stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{more}\r\n"), Token);
            await Stream.WriteAsync(body, Token);
        }

        public Task NeverAsync() => Task.Delay(Timeout.Infinite, Token);
    }
}
