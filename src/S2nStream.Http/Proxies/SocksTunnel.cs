using System.Net;
using S2nTls.Http.Connections;

namespace S2nTls.Http.Proxies;

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
        var attempt = new Attempt();
        SocketsHttpHandler client = createClient(
            new WebProxy(proxy) { Credentials = credentials },
            async (context, token) =>
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(token, cancellationToken);
                attempt.Begin();
                return attempt.Hold(await TcpConnection.OpenAsync(connectCallback, context, either.Token).ConfigureAwait(false));
            });
        client.PlaintextStreamFilter = (_, _) =>
        {
            attempt.HasTunnel = true;
            return ValueTask.FromResult(Stream.Null);
        };
        using var open = new OpenHandler(client);
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(Uri.UriSchemeHttp, origin.PlainHost(), origin.Port).Uri);
        try
        {
            (await open.SendAsync(request, cancellationToken).ConfigureAwait(false)).Dispose();
        }
        catch (HttpRequestException) when (attempt.HasTunnel)
        {
            // As it should be: nobody answers on the null stream.
        }
        catch
        {
            attempt.Abandon();
            throw;
        }

        return attempt.Connection ?? throw new InvalidOperationException("SocketsHttpHandler answered a request without a connection.");
    }

    /// <summary>
    /// The connection to the proxy. A request that is cancelled leaves the inner handler connecting, as SocketsHttpHandler does for the next request: here
    /// there is none, and nobody but this closes what comes of it.
    /// </summary>
    private sealed class Attempt
    {
        private readonly Lock _lock = new();
        private volatile bool _hasTunnel;
        private bool _hasBegun;
        private bool _isAbandoned;

        internal Stream? Connection { get; private set; }

        /// <summary>Whether the proxy has said that the connection is the origin's from here on.</summary>
        internal bool HasTunnel
        {
            get => _hasTunnel;
            set => _hasTunnel = value;
        }

        internal void Begin()
        {
            if (_hasBegun)
            {
                throw new IOException("The request is being retried, but a connection already exists.");
            }

            _hasBegun = true;
        }

        internal Stream Hold(Stream connection)
        {
            lock (_lock)
            {
                if (!_isAbandoned)
                {
                    return Connection = connection;
                }
            }

            connection.Dispose();
            throw new OperationCanceledException("The tunnel is no longer needed.");
        }

        internal void Abandon()
        {
            lock (_lock)
            {
                _isAbandoned = true;
            }

            Connection?.Dispose();
        }
    }
}
