using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using S2nTls.Http.Carrier;
using S2nTls.Http.Eviction;
using S2nTls.Http.Proxies;
using S2nTls.Http.Requests;

namespace S2nTls.Http.Connections;

/// <summary>Makes the inner handler's connections: plain ones for http, and s2n's, each in its carrier, for https. Thread-safe.</summary>
/// <param name="handshake">The settings of handshakes.</param>
/// <param name="tunnels">The tunnels for https connections; null if no proxy is used.</param>
/// <param name="proxies">The proxy of http connections; null if none is used.</param>
/// <param name="evictions">The user's function that decides which connections are evicted; null if there is none.</param>
/// <param name="connectCallback">The user's callback, for the connection below TLS.</param>
/// <param name="established">Called with every authenticated stream.</param>
internal sealed class SecureConnections(
    HandshakeSettings handshake,
    ProxyTunnels? tunnels,
    SecureProxies? proxies,
    EvictionQuestions? evictions,
    Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connectCallback,
    Action<SocketsHttpConnectionContext, S2nStream>? established)
{
    private readonly Http11Origins _http11Origins = new();

    /// <summary>The inner handler's <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    internal ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        IsSecure(context) ? ConnectSecurelyAsync(context, cancellationToken)
            : proxies?.Contains(context.DnsEndPoint) == true ? ConnectToProxyAsync(context, cancellationToken)
            : TcpConnection.OpenAsync(connectCallback, context, cancellationToken);

    /// <summary>
    /// The inner handler's <see cref="SocketsHttpHandler.PlaintextStreamFilter"/>, after the user's: takes the stream out of its carrier, and
    /// reports its end as HTTP expects.
    /// </summary>
    /// <exception cref="IOException">The server negotiated HTTP/2, but the inner handler is about to speak HTTP/1.1.</exception>
    internal Stream Unwrap(SocketsHttpPlaintextStreamFilterContext context, Stream stream)
    {
        bool isHttp2 = context.NegotiatedHttpVersion.Major >= 2;
        if (context.PlaintextStream is not CarrierStream carrier)
        {
            return context.PlaintextStream is S2nStream ? new PlaintextStream(stream, isHttp2) : stream; // to a proxy, for http; or without TLS
        }

        if (carrier.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2 && !isHttp2)
        {
            throw new IOException("The server negotiated HTTP/2 on a connection meant for HTTP/1.1.");
        }

        return new PlaintextStream(ReferenceEquals(stream, carrier) ? carrier.Carried : stream, isHttp2, evictions?.Remember(context, carrier));
    }

    /// <summary>
    /// Whether the connection is for an https URL. A request that another connection has served meanwhile may have been redirected, and its URL is
    /// then that of another endpoint. The pool treats a stream without a carrier as insecure, and cannot secure it
    /// (<see cref="RefusingSslOptions"/>); an endpoint that is not the URL's must not get a stream with a carrier either.
    /// </summary>
    private static bool IsSecure(SocketsHttpConnectionContext context)
    {
        Uri? url = context.InitialRequestMessage.RequestUri;
        if (url is null || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeWss))
        {
            return false;
        }

        return url.Port == context.DnsEndPoint.Port && url.IdnHost.Equals(context.DnsEndPoint.PlainHost(), StringComparison.OrdinalIgnoreCase)
            ? true
            : throw new IOException("The request that this connection was for has been redirected.");
    }

    private async ValueTask<Stream> ConnectSecurelyAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        // Everything needed from the request is read before the first await: after that its owner may use it again.
        HttpRequestMessage request = context.InitialRequestMessage;
        string serverName = ServerName.Of(request, context.DnsEndPoint);
        SslApplicationProtocol[] protocols = ApplicationProtocolOffer.For(
            request.Version, request.VersionPolicy, _http11Origins.Contains(context.DnsEndPoint, serverName));
        string? userAgent = ProxyTunnels.UserAgentOf(request);

        Stream transport = tunnels?.ProxyFor(context.DnsEndPoint) is { } proxy
            ? await tunnels.OpenAsync(proxy, context.DnsEndPoint, userAgent, cancellationToken).ConfigureAwait(false)
            : await TcpConnection.OpenAsync(connectCallback, context, cancellationToken).ConfigureAwait(false);
        S2nStream stream = await AuthenticateAsync(handshake, transport, serverName, context.DnsEndPoint.Port, protocols, cancellationToken).ConfigureAwait(false);
        try
        {
            if (ApplicationProtocolOffer.IsRefusedBy(stream.NegotiatedApplicationProtocol, protocols))
            {
                _http11Origins.Add(context.DnsEndPoint, serverName);
            }

            established?.Invoke(context, stream);
            CarrierStream carrier = await CarrierTemplate.CarryAsync(stream).ConfigureAwait(false);
            carrier.RemoteEndPoint = evictions is null ? null : (transport as NetworkStream)?.Socket.RemoteEndPoint as IPEndPoint;
            return carrier;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<Stream> ConnectToProxyAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        await AuthenticateAsync(
            handshake,
            await TcpConnection.OpenAsync(connectCallback, context, cancellationToken).ConfigureAwait(false),
            context.DnsEndPoint.PlainHost(),
            context.DnsEndPoint.Port,
            ApplicationProtocolOffer.Http11,
            cancellationToken).ConfigureAwait(false);

    /// <exception cref="AuthenticationException">The handshake failed; if not because of TLS, a <see cref="HandshakeInterruptedException"/>.</exception>
    internal static async ValueTask<S2nStream> AuthenticateAsync(
        HandshakeSettings handshake, Stream transport, string serverName, int port, SslApplicationProtocol[] protocols, CancellationToken cancellationToken)
    {
        var stream = new S2nStream(transport);
        try
        {
            await handshake.AuthenticateAsync(stream, serverName, port, protocols, cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch (Exception e)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            if (e is AuthenticationException || (e is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                throw;
            }

            throw new HandshakeInterruptedException(e);
        }
    }
}
