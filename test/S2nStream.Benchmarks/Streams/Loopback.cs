using System.Net;
using System.Net.Sockets;

namespace S2nTls.Benchmarks.Streams;

/// <summary>Makes TCP connections over loopback, both ends in this process.</summary>
internal sealed class Loopback : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _port;
    private int _connections;

    internal Loopback()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Any, 0));
        _listener.Listen(512);
        _port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    /// <summary>The client's end of a new connection. The server's is one of those that <see cref="AcceptAsync"/> gives.</summary>
    internal async Task<NetworkStream> ConnectAsync()
    {
        // Closed connections linger for a minute and keep their client's port: each address has ports of its own.
        int address = 1 + (Interlocked.Increment(ref _connections) % 250);
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(new IPEndPoint(new IPAddress([127, 0, 0, (byte)address]), _port));
        return new NetworkStream(client, ownsSocket: true);
    }

    internal async Task<NetworkStream> AcceptAsync()
    {
        Socket server = await _listener.AcceptAsync();
        server.NoDelay = true;
        return new NetworkStream(server, ownsSocket: true);
    }

    /// <summary>Both ends of a new connection.</summary>
    internal async Task<(Stream Client, Stream Server)> ConnectPairAsync()
    {
        Task<NetworkStream> server = AcceptAsync();
        NetworkStream client = await ConnectAsync();
        return (client, await server);
    }

    internal static async Task<(Stream Client, Stream Server)> CreatePairAsync()
    {
        using var loopback = new Loopback();
        return await loopback.ConnectPairAsync();
    }

    public void Dispose() => _listener.Dispose();
}
