using System.Net;
using System.Net.Sockets;
using System.Text;

namespace S2nTls.Http.Tests.Servers;

/// <summary>A SOCKS 5 proxy without authentication (RFC 1928).</summary>
internal sealed class SocksProxy : IAsyncDisposable
{
    private readonly TcpService _service;
    private readonly bool _refuses;
    private readonly Task _answers;
    private int _clients;
    private int _tunnels;

    /// <param name="refuses">Whether it makes no tunnel.</param>
    /// <param name="answers">When it answers a request; by default at once.</param>
    public SocksProxy(bool refuses = false, Task? answers = null)
    {
        _refuses = refuses;
        _answers = answers ?? Task.CompletedTask;
        _service = new TcpService(ServeAsync);
    }

    public Uri Url => new($"socks5://localhost:{_service.Port}");

    /// <summary>How many tunnels it has made.</summary>
    public int Tunnels => Volatile.Read(ref _tunnels);

    /// <summary>How many clients it has now.</summary>
    public int Clients => Volatile.Read(ref _clients);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private async Task ServeAsync(NetworkStream client)
    {
        Interlocked.Increment(ref _clients);
        try
        {
            await OpenTunnelAsync(client);
        }
        finally
        {
            Interlocked.Decrement(ref _clients);
        }
    }

    private async Task OpenTunnelAsync(NetworkStream client)
    {
        byte[] two = await ReadAsync(client, 2);
        await ReadAsync(client, two[1]);
        await client.WriteAsync(new byte[] { 5, 0 });
        byte[] request = await ReadAsync(client, 4);
        string host = request[3] switch
        {
            1 => new IPAddress(await ReadAsync(client, 4)).ToString(),
            3 => Encoding.ASCII.GetString(await ReadAsync(client, (await ReadAsync(client, 1))[0])),
            _ => new IPAddress(await ReadAsync(client, 16)).ToString(),
        };
        byte[] port = await ReadAsync(client, 2);
        await _answers;
        await client.WriteAsync(new byte[] { 5, (byte)(_refuses ? 2 : 0), 0, 1, 0, 0, 0, 0, 0, 0 });
        if (_refuses)
        {
            return;
        }

        Interlocked.Increment(ref _tunnels);
        using var origin = new TcpClient();
        await origin.ConnectAsync(host, (port[0] << 8) | port[1]);
        await TcpService.RelayAsync(client, origin.GetStream());
    }

    private static async Task<byte[]> ReadAsync(NetworkStream client, int count)
    {
        byte[] bytes = new byte[count];
        await client.ReadExactlyAsync(bytes);
        return bytes;
    }
}
