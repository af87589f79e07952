using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using S2nTls.Http.Carrier;
using S2nTls.Http.Proxies;
using S2nTls.Http.Requests;

namespace S2nTls.Http.Connections;

/// <summary>Makes the inner handler's connections: plain ones for http, and for https those of s2n, each in its carrier. Thread-safe.</summary>
/// <param name="handshake">What handshakes are made with.</param>
/// <param name="tunnels">Where https connections are to go through; null where no proxy is used.</param>
/// <param name="proxies">The proxy of http connections; null where none is used.</param>
/// <param name="connectCallback">The user's, for what is below TLS.</param>
/// <param name="established">Told of every stream that is authenticated.</param>
internal sealed class SecureConnections(
    HandshakeSettings handshake,
    ProxyTunnels? tunnels,
    SecureProxies? proxies,
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
    /// The inner handler's <see cref="SocketsHttpHandler.PlaintextStreamFilter"/>, after the user's: takes the stream out of its carrier, and shows its
    /// ends as HTTP has them.
    /// </summary>
    /// <exception cref="IOException">The server has agreed on HTTP/2, and the inner handler is about to speak HTTP/1.1.</exception>
    internal static Stream Unwrap(SocketsHttpPlaintextStreamFilterContext context, Stream stream)
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

        return new PlaintextStream(ReferenceEquals(stream, carrier) ? carrier.Carried : stream, isHttp2);
    }

    /// <summary>
    /// Whether the connection is for an https URL. A request that another connection has served meanwhile may have been redirected, and its URL is
    /// then another's. The pool takes a stream without a carrier for one that is not secure, and has no way to secure it
    /// (<see cref="RefusingSslOptions"/>); for an endpoint that is not the URL's there must be no stream with a carrier either.
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
        // All that is asked of the request, before the first wait: it may be its owner's again after that.
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
            return await CarrierTemplate.CarryAsync(stream).ConfigureAwait(false);
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

    /// <exception cref="AuthenticationException">The handshake failed; where that was not TLS's doing, a <see cref="HandshakeInterruptedException"/>.</exception>
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
