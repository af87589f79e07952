using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace S2nTls.Http.Tests.Servers;

/// <summary>A proxy for HTTP: tunnels through CONNECT, and answers plain requests itself. With a certificate it wants TLS.</summary>
internal sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpService _service;
    private readonly ProxyAuthentication? _authentication;
    private readonly X509Certificate2? _certificate;
    private readonly string _answer;

    public ConnectProxy(ProxyAuthentication? authentication = null, X509Certificate2? certificate = null, string answer = "200 Connected")
    {
        _authentication = authentication;
        _certificate = certificate;
        _answer = answer;
        _service = new TcpService(ServeAsync);
    }

    public Uri Url => new($"{(_certificate is null ? "http" : "https")}://localhost:{_service.Port}");

    /// <summary>The heads of all requests that it was sent.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public IEnumerable<string> RequestLines => Requests.Select(head => head.Split("\r\n")[0]);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private async Task ServeAsync(NetworkStream connection)
    {
        Stream client = connection;
        if (_certificate is not null)
        {
            var tls = new SslStream(connection);
            await tls.AuthenticateAsServerAsync(_certificate);
            client = tls;
        }

        while (await ReadHeadAsync(client) is { } head)
        {
            Requests.Enqueue(head);
            string[] words = head.Split("\r\n")[0].Split(' ');
            if (_authentication?.Knows(head) == false)
            {
                await AnswerAsync(client, "407 Who are you", $"Proxy-Authenticate: {_authentication.Challenge}\r\n");
            }
            else if (words[0] != "CONNECT")
            {
                await AnswerAsync(client, "200 OK", "", "the proxy's own");
            }
            else if (!_answer.StartsWith("200", StringComparison.Ordinal))
            {
                await AnswerAsync(client, _answer, "");
            }
            else
            {
                using var origin = new TcpClient();
                string[] target = words[1].Split(':');
                await origin.ConnectAsync(target[0], int.Parse(target[1]));
                await client.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {_answer}\r\n\r\n"));
                await TcpService.RelayAsync(client, origin.GetStream());
                return;
            }
        }
    }

    private static async Task<string?> ReadHeadAsync(Stream client)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1]; // no more than the head: what follows is the tunnel's
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await client.ReadAsync(one) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private static async Task AnswerAsync(Stream client, string status, string headers, string body = "") =>
        await client.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}"));
}
