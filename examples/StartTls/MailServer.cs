using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using S2nTls;

namespace Examples;

/// <summary>
/// Serves mail clients on connections that are plain at first, or encrypted from the start. It was written for
/// SslStream: the name of the type in the line that makes one is all that was changed.
/// </summary>
internal sealed class MailServer(SslServerAuthenticationOptions options, bool implicitTls, TimeSpan timeout)
{
    /// <summary>Never fails: what goes wrong with one client is printed, and concerns no other.</summary>
    public async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        string peer = $"{client.Client.RemoteEndPoint}";
        Stream stream = client.GetStream();
        try
        {
            var session = new MailSession(peer, timeout);
            if (implicitTls || await session.RunInTheClearAsync(stream, stop) == MailSessionEnd.StartTls)
            {
                var tls = new S2nStream(stream);
                stream = tls; // disposing it closes the connection too
                await AuthenticateAsync(tls, stop);
                await session.RunEncryptedAsync(tls, greets: implicitTls, stop);
            }
        }
        catch (Exception e) when (e is IOException or AuthenticationException or InvalidDataException)
        {
            Console.WriteLine($"{peer}: failed: {ErrorText.Of(e)}");
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine($"{peer}: {(stop.IsCancellationRequested ? "sent away" : "failed: too slow")}");
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    private async Task AuthenticateAsync(S2nStream tls, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        await tls.AuthenticateAsServerAsync(options, limit.Token);
    }
}
