using System.Net.Security;
using System.Net.Sockets;

namespace S2nTls.Http.Tests.Servers;

/// <summary>As <see cref="CuttingServer"/>, for HTTP/2 (RFC 9113), of which it knows just enough.</summary>
internal sealed class Http2CuttingServer : IAsyncDisposable
{
    private const int PrefaceLength = 24;
    private const byte Headers = 1;

    private readonly TcpService _service;
    private readonly byte[] _greeting;
    private readonly Func<byte, byte[]> _answer;
    private readonly CutKind? _cut;
    private int _whole;
    private int _requests;

    /// <param name="greeting">What it says before it reads anything.</param>
    /// <param name="answer">What it answers to the request of a stream, before it cuts.</param>
    /// <param name="cut">How it cuts; null where it does not.</param>
    /// <param name="whole">How many requests it answers in full first.</param>
    public Http2CuttingServer(byte[] greeting, Func<byte, byte[]> answer, CutKind? cut, int whole)
    {
        _greeting = greeting;
        _answer = answer;
        _cut = cut;
        _whole = whole;
        _service = new TcpService(ServeAsync);
    }

    public Uri Url => new($"https://localhost:{_service.Port}");

    /// <summary>How many requests were not answered in full.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    /// <param name="type">The frame's type.</param>
    /// <param name="flags">Its flags.</param>
    /// <param name="stream">Its stream; 0 for the connection.</param>
    /// <param name="payload">Its payload.</param>
    public static byte[] Frame(byte type, byte flags, byte stream, params byte[] payload) =>
        [0, 0, (byte)payload.Length, type, flags, 0, 0, 0, stream, .. payload];

    private async Task ServeAsync(NetworkStream connection)
    {
        var tls = new SslStream(connection, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = TestAuthority.Localhost,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
        });
        if (_greeting.Length > 0)
        {
            await tls.WriteAsync(_greeting);
        }

        await tls.ReadExactlyAsync(new byte[PrefaceLength]);
        while (true)
        {
            byte stream = await ReadRequestAsync(tls);
            if (Interlocked.Decrement(ref _whole) < 0)
            {
                Interlocked.Increment(ref _requests);
                if (_answer(stream) is { Length: > 0 } answer)
                {
                    await tls.WriteAsync(answer);
                }

                if (_cut is { } cut)
                {
                    await cut.ApplyAsync(connection);
                    return;
                }

                continue;
            }

            await tls.WriteAsync((byte[])[.. Frame(Headers, 0x4, stream, 0x88), .. Frame(0, 0x1, stream, "ok"u8.ToArray())]);
        }
    }

    private static async Task<byte> ReadRequestAsync(Stream tls)
    {
        byte[] header = new byte[9];
        while (true)
        {
            await tls.ReadExactlyAsync(header);
            await tls.ReadExactlyAsync(new byte[(header[0] << 16) + (header[1] << 8) + header[2]]);
            if (header[3] == Headers)
            {
                return header[8];
            }
        }
    }
}
