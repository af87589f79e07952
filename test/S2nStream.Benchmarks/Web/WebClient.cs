using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Web;

/// <summary>A client of HTTP/1.1 that asks the same again and again: the first answer tells how long all of them are.</summary>
internal sealed class WebClient(Contender contender, TlsSetup setup, WebExchange exchange, int port) : IWebClient
{
    private static int s_connections;

    private readonly StreamKind _kind = StreamKind.Create(contender == Contender.NoTls ? Contender.NoTls : Contender.S2nStream, setup);
    private readonly byte[] _request = Encoding.ASCII.GetBytes(
        $"GET {exchange.Path()} HTTP/1.1\r\nHost: localhost\r\n{(exchange.KeepsConnections() ? "" : "Connection: close\r\n")}\r\n");
    private readonly byte[] _answer = new byte[80 * 1024];
    private Stream? _connection;
    private int _answerLength;
    private bool _hasSession;

    public async Task AskAsync()
    {
        Stream connection = _connection ?? await ConnectAsync();
        await connection.WriteAsync(_request);
        if (_answerLength == 0)
        {
            _answerLength = await ReadFirstAsync(connection);
        }
        else
        {
            await connection.ReadExactlyAsync(_answer.AsMemory(0, _answerLength));
        }

        if (exchange.KeepsConnections())
        {
            _connection = connection;
        }
        else
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<Stream> ConnectAsync()
    {
        // As in Loopback: each address has ports of its own.
        int address = 1 + (Interlocked.Increment(ref s_connections) % 250);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(new IPAddress([127, 0, 0, (byte)address]), port));
        Stream connection = await _kind.AsClientAsync(new NetworkStream(socket, ownsSocket: true));
        if (connection is S2nStream tls)
        {
            TlsSetup.CheckSuite(tls, resumesOverSslStream: setup.Resumes && contender == Contender.SslStream);
            if (tls.IsSessionResumed != (_hasSession && setup.Resumes))
            {
                throw new InvalidOperationException($"The session was {(tls.IsSessionResumed ? "" : "not ")}resumed: what was measured is something else.");
            }

            _hasSession = true;
        }

        return connection;
    }

    private async Task<int> ReadFirstAsync(Stream connection)
    {
        int length = 0;
        while (true)
        {
            length += await connection.ReadAsync(_answer.AsMemory(length));
            string head = Encoding.ASCII.GetString(_answer, 0, length);
            int end = head.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (end < 4)
            {
                continue;
            }

            string size = head.Split("\r\n").First(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
            int whole = end + int.Parse(size.AsSpan(size.IndexOf(':') + 1), CultureInfo.InvariantCulture);
            await connection.ReadExactlyAsync(_answer.AsMemory(length, whole - length));
            return whole;
        }
    }
}
