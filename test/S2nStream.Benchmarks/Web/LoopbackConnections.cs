using System.Net;
using System.Net.Sockets;

namespace S2nTls.Benchmarks.Web;

/// <summary>Connections to a port of this machine, in the place of a handler's own. They can note what the server sends.</summary>
internal sealed class LoopbackConnections(int port)
{
    private readonly List<byte> _recorded = [];
    private int _connections;

    /// <summary>Whether the next connections note it.</summary>
    internal bool Records { get; set; }

    internal byte[] Recorded
    {
        get
        {
            byte[] recorded = [.. _recorded];
            _recorded.Clear();
            return recorded;
        }
    }

    internal async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        // As in Loopback: each address has ports of its own.
        int address = 1 + (Interlocked.Increment(ref _connections) % 250);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(new IPAddress([127, 0, 0, (byte)address]), port), cancellationToken);
        return Records ? new RecordingStream(socket, _recorded) : new NetworkStream(socket, ownsSocket: true);
    }

    private sealed class RecordingStream(Socket socket, List<byte> recorded) : NetworkStream(socket, ownsSocket: true)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await base.ReadAsync(buffer, cancellationToken);
            recorded.AddRange(buffer.Span[..count]);
            return count;
        }
    }
}
