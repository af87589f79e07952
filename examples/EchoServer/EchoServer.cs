using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using S2nTls;

namespace Examples;

/// <summary>Accepts connections and sends back what they send, each on its own, until it is told to stop.</summary>
internal sealed class EchoServer(S2nContext context, TimeSpan handshakeTimeout)
{
    public async Task RunAsync(string host, int port, CancellationToken stop)
    {
        using TcpListener listener = await ListenAsync(host, port, stop);
        Console.WriteLine($"Listening on {listener.LocalEndpoint}");

        var connections = new List<Task>();
        try
        {
            while (true)
            {
                try
                {
                    TcpClient client = await listener.AcceptTcpClientAsync(stop);
                    connections.RemoveAll(connection => connection.IsCompleted);
                    connections.Add(ServeAsync(client, stop));
                }
                catch (SocketException e) // too many open files, say: it passes
                {
                    Console.WriteLine($"Cannot accept a connection: {e.Message}");
                    await Task.Delay(TimeSpan.FromSeconds(1), stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            listener.Stop();
            await Task.WhenAll(connections); // each says goodbye to its client
            Console.WriteLine("Stopped");
        }
    }

    private static async Task<TcpListener> ListenAsync(string host, int port, CancellationToken stop)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, stop);
            var listener = new TcpListener(addresses[0], port);
            listener.Start();
            return listener;
        }
        catch (SocketException e)
        {
            throw new IOException($"Cannot listen on {host}:{port}: {e.Message}", e);
        }
    }

    /// <summary>Never fails: what goes wrong with one client is printed, and concerns no other.</summary>
    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        client.NoDelay = true;
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
