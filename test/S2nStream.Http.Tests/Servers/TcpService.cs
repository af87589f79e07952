using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace S2nTls.Http.Tests.Servers;

/// <summary>Accepts connections and has each served on its own. What fails with one ends it, and nothing else.</summary>
internal sealed class TcpService : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, bool> _sockets = [];
    private readonly Func<NetworkStream, Task> _serve;
    private readonly Task _accepting;
    private int _connections;

    public TcpService(Func<NetworkStream, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many it has accepted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>A service that passes everything on to another port.</summary>
    public static TcpService RelayTo(int port) => new(async client =>
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, port);
        await RelayAsync(client, server.GetStream());
    });

    /// <summary>Copies in both directions until one of them has ended.</summary>
    public static async Task RelayAsync(Stream one, Stream other) =>
        await await Task.WhenAny(one.CopyToAsync(other), other.CopyToAsync(one));

    /// <summary>Resets all connections, as a host that has crashed and come back does.</summary>
    public void Cut()
    {
        foreach (Socket socket in _sockets.Keys)
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting.WithDeadline();
        foreach (Socket socket in _sockets.Keys)
        {
            socket.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync();
                Interlocked.Increment(ref _connections);
                _sockets.TryAdd(socket, true);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Stopped, while it waited or before it began to.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await _serve(stream);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The client or the service has gone.
        }
        finally
        {
            _sockets.TryRemove(socket, out _);
        }
    }
}
