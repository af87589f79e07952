using System.Net;

namespace S2nTls.Http.Connections;

/// <summary>
/// A tunnel through a SOCKS proxy. SocketsHttpHandler speaks SOCKS, but gives its tunnels to requests only: so a plain request is made to the
/// origin, the tunnel is taken away from under it before anything is sent, and it goes nowhere.
/// </summary>
internal static class SocksTunnel
{
    internal delegate SocketsHttpHandler ClientFactory(
        IWebProxy proxy, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connectCallback);

    /// <exception cref="HttpRequestException">The proxy cannot be reached, or refuses.</exception>
    internal static async ValueTask<Stream> OpenAsync(
        ClientFactory createClient,
        Uri proxy,
        ICredentials? credentials,
        DnsEndPoint origin,
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connectCallback,
        CancellationToken cancellationToken)
    {
        // A handler for each tunnel: it has one request and one connection, and nothing can be mistaken.
        Stream? tunnel = null;
        SocketsHttpHandler client = createClient(
            new WebProxy(proxy) { Credentials = credentials },
            (context, token) => tunnel is null
                ? TcpConnection.OpenAsync(connectCallback, context, token)
                : throw new IOException("The request is tried again; there is a tunnel already."));
        client.PlaintextStreamFilter = (context, _) =>
        {
            tunnel = context.PlaintextStream;
            return ValueTask.FromResult(Stream.Null);
        };
        using var open = new OpenHandler(client);
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(Uri.UriSchemeHttp, origin.PlainHost(), origin.Port).Uri);
        try
        {
            (await open.SendAsync(request, cancellationToken).ConfigureAwait(false)).Dispose();
        }
        catch (HttpRequestException) when (tunnel is not null)
        {
            // As it should be: nobody answers on the null stream.
        }
        catch
        {
            tunnel?.Dispose();
            throw;
        }

        return tunnel ?? throw new InvalidOperationException("SocketsHttpHandler has answered a request without a connection.");
    }
}
