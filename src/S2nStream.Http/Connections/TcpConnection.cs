using System.Net;
using System.Net.Sockets;

namespace S2nTls.Http.Connections;

/// <summary>The connection below TLS: the user's own, or a TCP connection like SocketsHttpHandler's.</summary>
internal static class TcpConnection
{
    internal static async ValueTask<Stream> OpenAsync(
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connectCallback,
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken)
    {
        if (connectCallback is null)
        {
            return await OpenAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
        }

        return await connectCallback(context, cancellationToken).ConfigureAwait(false)
            ?? throw new HttpRequestException("The ConnectCallback returned no stream.");
    }

    private static async ValueTask<Stream> OpenAsync(DnsEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
