using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace S2nTls.Http.Tests.Servers;

/// <summary>Answers each request with some bytes, then with the first part of a record that should have held more, and ends TCP.</summary>
internal sealed class RecordCuttingServer : IAsyncDisposable
{
    private readonly TcpService _service;
    private readonly SslProtocols _protocol;
    private readonly string _answer;
    private readonly int _length;

    /// <param name="protocol">The only version of TLS that it speaks.</param>
    /// <param name="answer">What arrives whole.</param>
    /// <param name="length">How many bytes of the record after it are sent.</param>
    public RecordCuttingServer(SslProtocols protocol, string answer, int length)
    {
        _protocol = protocol;
        _answer = answer;
        _length = length;
        _service = new TcpService(ServeAsync);
    }

    public Uri Url => new($"https://localhost:{_service.Port}");

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private async Task ServeAsync(NetworkStream connection)
    {
        var limited = new LimitedStream(connection);
        var tls = new SslStream(limited, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = TestAuthority.Localhost, EnabledSslProtocols = _protocol });
        var head = new StringBuilder();
        byte[] some = new byte[4096];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append(Encoding.ASCII.GetString(some, 0, await tls.ReadAsync(some)));
        }

        await tls.WriteAsync(Encoding.ASCII.GetBytes(_answer));
        limited.Rest = _length;
        await tls.WriteAsync(new byte[1000]);
        await CutKind.Fin.ApplyAsync(connection);
    }

    private sealed class LimitedStream(Stream inner) : WrappedStream(inner)
    {
        public int Rest { get; set; } = int.MaxValue;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.WriteAsync(buffer[..Math.Min(Rest, buffer.Length)], cancellationToken);
    }
}
