using System.Net.Sockets;
using System.Security.Authentication;
using S2nTls;

namespace Examples;

/// <summary>
/// Ends TLS in front of a server that has none: bytes go through unread, in both directions at once. Each direction ends by itself: a client's
/// <c>close_notify</c> becomes the end of what the server receives, and the other way round.
/// </summary>
internal sealed class Proxy(S2nContext context, string serverHost, int serverPort, TimeSpan handshakeTimeout)
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
            await HandshakeAsync(tls, stop);
            using var server = new TcpClient { NoDelay = true };
            await server.ConnectAsync(serverHost, serverPort, stop);
            Console.WriteLine($"{peer}: {Negotiated.Describe(tls, "client")}");
            await RelayAsync(tls, server, stop);
            Console.WriteLine($"{peer}: ended");
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or TimeoutException)
        {
            Console.WriteLine($"{peer}: failed: {ErrorText.Of(e)}");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposing the stream tells the client that this is the end.
        }
    }

    private async Task HandshakeAsync(S2nStream tls, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(handshakeTimeout);
        try
        {
            await tls.AuthenticateAsServerAsync(context, limit.Token);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException($"The handshake is not complete after {handshakeTimeout.TotalSeconds} s.", e);
        }
    }

    /// <summary>Ends when both directions have, or at once when one of them fails.</summary>
    private static async Task RelayAsync(S2nStream tls, TcpClient server, CancellationToken stop)
    {
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(stop);
        NetworkStream plain = server.GetStream();
        Task there = RelayOneWayAsync(tls, plain, () =>
        {
            server.Client.Shutdown(SocketShutdown.Send);
            return Task.CompletedTask;
        });
        Task back = RelayOneWayAsync(plain, tls, () => tls.ShutdownWriteAsync(failure.Token));
        await await Task.WhenAny(there, back); // throws what the first one has failed with
        await Task.WhenAll(there, back);

        async Task RelayOneWayAsync(Stream from, Stream to, Func<Task> endAsync)
        {
            try
            {
                await from.CopyToAsync(to, failure.Token);
                await endAsync();
            }
            catch
            {
                await failure.CancelAsync();
                throw;
            }
        }
    }
}
