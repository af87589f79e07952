using System.Net.Sockets;
using System.Security.Authentication;
using S2nTls;

namespace Examples;

/// <summary>Sends back what each client sends.</summary>
internal sealed class EchoServer(S2nContext context, TimeSpan handshakeTimeout)
{
    public Task RunAsync(string host, int port, CancellationToken stop) => new TcpService(ServeAsync).RunAsync(host, port, stop);

    /// <summary>Never fails: what goes wrong with one client is printed, and concerns no other.</summary>
    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        string peer = $"{client.Client.RemoteEndPoint}";

        // The stream closes the connection; nobody else should, because after some errors s2n wants it kept for a while.
        await using var tls = new S2nStream(client.GetStream());
        try
        {
            if (await HandshakeAsync(tls, peer, stop))
            {
                Console.WriteLine($"{peer}: {Negotiated.Describe(tls, "client")}");
                await EchoAsync(tls, stop);
            }
        }
        catch (IOException e) // an S2nException is one too
        {
            Console.WriteLine($"{peer}: failed: {ErrorText.Of(e)}");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposing the stream tells the client that this is the end.
        }
    }

    private async Task<bool> HandshakeAsync(S2nStream tls, string peer, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(handshakeTimeout);
        try
        {
            await tls.AuthenticateAsServerAsync(context, limit.Token);
            return true;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            Console.WriteLine($"{peer}: handshake failed: {ErrorText.Of(e)}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Console.WriteLine($"{peer}: handshake failed: not complete after {handshakeTimeout.TotalSeconds} s.");
        }

        return false;
    }

    private static async Task EchoAsync(S2nStream tls, CancellationToken stop)
    {
        byte[] buffer = new byte[16 * 1024]; // as much as a TLS record holds
        int count;
        while ((count = await tls.ReadAsync(buffer, stop)) > 0)
        {
            await tls.WriteAsync(buffer.AsMemory(0, count), stop);
        }

        await tls.ShutdownWriteAsync(stop);
    }
}
