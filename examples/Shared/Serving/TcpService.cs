using System.Net;
using System.Net.Sockets;

namespace Examples;

/// <summary>Accepts connections and has each served on its own, until it is told to stop.</summary>
/// <param name="serve">Serves one connection to its end. It never fails: what goes wrong with one concerns no other.</param>
internal sealed class TcpService(Func<TcpClient, CancellationToken, Task> serve)
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
                    client.NoDelay = true;
                    connections.RemoveAll(connection => connection.IsCompleted);
                    connections.Add(serve(client, stop));
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
}
