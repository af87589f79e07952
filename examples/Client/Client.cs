using System.Net.Sockets;
using System.Security.Authentication;
using S2nTls;

namespace Examples;

/// <summary>Standard input to a server, and its answer to standard output, both at the same time.</summary>
internal sealed class Client(S2nContext context, TimeSpan timeout)
{
    public async Task RunAsync(string host, int port, string? serverName, CancellationToken stop)
    {
        using var tcp = new TcpClient { NoDelay = true };
        await using S2nStream tls = await ConnectAsync(tcp, host, port, serverName ?? host, stop);
        Console.Error.WriteLine($"Connected to {host}:{port}: {Negotiated.Describe(tls, "server")}");

        Task send = SendAsync(tls, stop);
        Task receive = ReceiveAsync(tls, stop);
        await Task.WhenAny(send, receive);
        if (send.IsFaulted)
        {
            // The server may have said why it listens no more: better than "broken pipe".
            await Task.WhenAny(receive, Task.Delay(TimeSpan.FromSeconds(1), stop));
        }

        if (receive.IsCompleted)
        {
            await receive;
            if (!Console.IsInputRedirected)
            {
                return; // who types need not press Ctrl-D after the server's last word
            }
        }

        await send;
        await receive;
    }

    private async Task<S2nStream> ConnectAsync(TcpClient tcp, string host, int port, string serverName, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        try
        {
            await tcp.ConnectAsync(host, port, limit.Token);
            var tls = new S2nStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(context, serverName, limit.Token);
            return tls;
        }
        catch (SocketException e)
        {
            throw new IOException($"Cannot connect to {host}:{port}: {e.Message}", e);
        }
        catch (Exception e) when (e is AuthenticationException or S2nException)
        {
            throw new IOException($"The handshake with {host}:{port} failed: {ErrorText.Of(e)}", e);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException($"{host}:{port} has not answered for {timeout.TotalSeconds} s.", e);
        }
    }

    private static async Task SendAsync(S2nStream tls, CancellationToken stop)
    {
        await using Stream input = Console.OpenStandardInput();
        await input.CopyToAsync(tls, stop);
        if (tls.SslProtocol >= SslProtocols.Tls13)
        {
            await tls.ShutdownWriteAsync(stop);
        }
        else
        {
            // A close_notify would make a server of TLS 1.2 drop what it has not sent yet (RFC 5246 §7.2.1).
            Console.Error.WriteLine("TLS 1.2 has no half-close: waiting for the server to end the connection.");
        }
    }

    private static async Task ReceiveAsync(S2nStream tls, CancellationToken stop)
    {
        await using Stream output = Console.OpenStandardOutput();
        await tls.CopyToAsync(output, stop);
    }
}
