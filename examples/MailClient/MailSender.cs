using System.Net.Security;
using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using S2nTls;
using AuthenticationException = System.Security.Authentication.AuthenticationException;

namespace Examples;

/// <summary>
/// Sends mail with MailKit, which takes whatever stream its caller has connected. It was written for SslStream: the
/// name of the type in the line that makes one is all that was changed.
/// </summary>
internal sealed class MailSender(SslClientAuthenticationOptions options, TimeSpan timeout)
{
    public async Task<string> SendAsync(string host, int port, MimeMessage message, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        try
        {
            using var tcp = new TcpClient { NoDelay = true };
            await tcp.ConnectAsync(host, port, limit.Token);
            await using var tls = new S2nStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(options, limit.Token);

            using var smtp = new SmtpClient();
            await smtp.ConnectAsync(tls, host, port, SecureSocketOptions.None, limit.Token); // the stream is encrypted already
            string answer = await smtp.SendAsync(message, limit.Token);
            await smtp.DisconnectAsync(quit: true, limit.Token);
            return answer;
        }
        catch (Exception e) when (e is SocketException or AuthenticationException or SmtpCommandException or SmtpProtocolException)
        {
            throw new IOException($"Cannot send mail through {host}:{port}: {ErrorText.Of(e)}", e);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException($"{host}:{port} has not taken the mail for {timeout.TotalSeconds} s.", e);
        }
    }
}
