using System.Net;
using System.Net.Sockets;
using S2nTls;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Examples;

/// <summary>
/// Puts s2n-tls under StackExchange.Redis: it asks its tunnel for a stream when the socket is connected. Leave
/// <see cref="ConfigurationOptions.Ssl"/> off: on, it would run SslStream over this stream.
/// </summary>
/// <param name="context">A client's.</param>
/// <param name="serverName">The name that the server's certificate must bear.</param>
internal sealed class S2nTunnel(S2nContext context, string serverName) : Tunnel
{
    public override async ValueTask<Stream?> BeforeAuthenticateAsync(
        EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var tls = new S2nStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await tls.AuthenticateAsClientAsync(context, serverName, cancellationToken);
        }
        catch (Exception e)
        {
            Console.Error.WriteLine($"{connectionType} connection to {endpoint}: {ErrorText.Of(e)}"); // Redis tells nobody
            await tls.DisposeAsync();
            throw;
        }

        Console.Error.WriteLine($"{connectionType} connection to {endpoint}: {Negotiated.Describe(tls, "server")}");
        return tls;
    }
}
