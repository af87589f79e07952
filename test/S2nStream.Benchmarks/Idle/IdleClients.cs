using System.Net;
using System.Net.Sockets;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Idle;

/// <summary>The process at the other end: it opens as many connections as each line of its standard input says, and keeps them until that ends.</summary>
internal static class IdleClients
{
    private const int AtATime = 32;

    internal static async Task RunAsync(Contender contender, int port, byte[] root)
    {
        using StreamKind kind = StreamKind.Create(contender, new TlsSetup(Credentials.OfClient(root)));
        List<Stream> streams = [];
        while (await Console.In.ReadLineAsync() is { } line)
        {
            int left = int.Parse(line);
            while (left > 0)
            {
                int now = Math.Min(left, AtATime);
                streams.AddRange(await Task.WhenAll(Enumerable.Range(0, now).Select(_ => ConnectAsync(kind, port))));
                left -= now;
            }
        }

        GC.KeepAlive(streams);
    }

    private static async Task<Stream> ConnectAsync(StreamKind kind, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return await kind.AsClientAsync(new NetworkStream(socket, ownsSocket: true));
    }
}
