using System.Net;
using S2nTls.Http.Connections;

namespace S2nTls.Http.Proxies;

/// <summary>
/// A tunnel through a SOCKS proxy. SocketsHttpHandler speaks SOCKS, but uses its tunnels only for requests: so a plain request is made to the
/// origin, and its tunnel is taken away before anything is sent, so the request goes nowhere.
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
        // A handler for each tunnel: with one request and one connection there is no ambiguity.
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
            // Expected: the null stream gives no answer.
        }
        catch
        {
            attempt.Abandon();
            throw;
        }

        return attempt.Connection ?? throw new InvalidOperationException("SocketsHttpHandler answered a request without a connection.");
    }

    /// <summary>
    /// The connection to the proxy. After a cancelled request the inner handler continues to connect, as SocketsHttpHandler does for the next
    /// request: here there is none, and only this closes the result.
    /// </summary>
    private sealed class Attempt
    {
        private readonly Lock _lock = new();
        private volatile bool _hasTunnel;
        private bool _hasBegun;
        private bool _isAbandoned;

        internal Stream? Connection { get; private set; }

        /// <summary>Whether the proxy has confirmed that the connection now leads to the origin.</summary>
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
