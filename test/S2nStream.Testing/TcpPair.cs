using System.Net;
using System.Net.Sockets;

namespace S2nTls.Testing;

/// <summary>Two ends of a TCP connection over loopback, on a port that the system picks.</summary>
public static class TcpPair
{
    public static async Task<(NetworkStream Client, NetworkStream Server)> ConnectAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Task<Socket> accept = listener.AcceptSocketAsync();
        await client.ConnectAsync(listener.LocalEndpoint).WithDeadline();
        Socket server = await accept.WithDeadline();
        server.NoDelay = true;
        return (new NetworkStream(client, ownsSocket: true), new NetworkStream(server, ownsSocket: true));
    }
}
