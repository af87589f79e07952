using System.Net;
using S2nTls.Http.Carrier;
using S2nTls.Http.Connections;
using S2nTls.Http.Requests;

namespace S2nTls.Http.Proxies;

/// <summary>
/// Tunnels through proxies, for https. The inner handler would run SslStream over them; so it is told that there is no proxy, and the tunnel is
/// made here, with a separate handler that speaks plain HTTP to the proxy. Thread-safe.
/// </summary>
internal sealed class ProxyTunnels : IDisposable
{
    private static readonly HttpRequestOptionsKey<bool> s_isSecure = new("S2nStream.Http.SecureProxy");

    private readonly TlsProxies _tlsProxies = new();
    private readonly IWebProxy _proxy;
    private readonly ICredentials? _credentials;
    private readonly HandshakeSettings _handshake;
    private readonly Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? _connectCallback;
    private readonly OpenHandler _proxyClient;

    internal ProxyTunnels(
        IWebProxy proxy,
        ICredentials? defaultCredentials,
        HandshakeSettings handshake,
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connectCallback)
    {
        _proxy = proxy;
        _credentials = ProxyCredentials.Of(proxy.Credentials ?? defaultCredentials, _tlsProxies);
        _handshake = handshake;
        _connectCallback = connectCallback;
        _proxyClient = new OpenHandler(CreateClient(new ProxyItself(_credentials), ConnectAsync));
    }

    internal static string? UserAgentOf(HttpRequestMessage request) =>
        request.Headers.NonValidated.TryGetValues("User-Agent", out System.Net.Http.Headers.HeaderStringValues values) ? values.ToString() : null;

    /// <summary>The proxy for an https origin; null if none.</summary>
    internal Uri? ProxyFor(DnsEndPoint origin)
    {
        Uri url = new UriBuilder(Uri.UriSchemeHttps, origin.PlainHost(), origin.Port).Uri;
        return _proxy.IsBypassed(url) ? null : _proxy.GetProxy(url);
    }

    /// <summary>Opens a tunnel to an origin.</summary>
    /// <exception cref="ProxyTunnelException">The proxy cannot be reached, or refuses.</exception>
    /// <exception cref="NotSupportedException">The proxy's scheme is not supported.</exception>
    internal async ValueTask<Stream> OpenAsync(Uri proxy, DnsEndPoint origin, string? userAgent, CancellationToken cancellationToken)
    {
        try
        {
            return proxy.Scheme is "socks4" or "socks4a" or "socks5"
                ? await SocksTunnel.OpenAsync(CreateClient, proxy, _credentials, origin, _connectCallback, cancellationToken).ConfigureAwait(false)
                : await RequestAsync(proxy, origin, userAgent, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e is not ProxyTunnelException)
        {
            HttpRequestException shown = FailureTranslation.Of(e) ?? e;
            throw new ProxyTunnelException(shown.HttpRequestError, shown.Message, shown.InnerException, shown.StatusCode);
        }
    }

    public void Dispose() => _proxyClient.Dispose();

    /// <summary>RFC 9110 §9.3.6.</summary>
    private async ValueTask<Stream> RequestAsync(Uri proxy, DnsEndPoint origin, string? userAgent, CancellationToken cancellationToken)
    {
        bool isSecure = proxy.Scheme == Uri.UriSchemeHttps;
        if (!isSecure && proxy.Scheme != Uri.UriSchemeHttp)
        {
            throw new NotSupportedException($"'{proxy.Scheme}' is not a supported proxy scheme; supported are http, https, socks4, socks4a and socks5.");
        }

        if (isSecure)
        {
            _tlsProxies.Add(proxy);
        }

        // Not disposed on success: the tunnel is its content.
        var request = new HttpRequestMessage(HttpMethod.Connect, TlsProxies.WithoutTls(proxy));
        request.Headers.Host = origin.Authority();
        request.Options.Set(s_isSecure, isSecure);
        if (userAgent is not null)
        {
            request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        }

        HttpResponseMessage response = await _proxyClient.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            return response.StatusCode == HttpStatusCode.OK
                ? await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false)
                : throw new ProxyTunnelException(
                    HttpRequestError.ProxyTunnelError,
                    $"The proxy {proxy.Host}:{proxy.Port} refused a tunnel to {origin.Authority()}: {(int)response.StatusCode} {response.ReasonPhrase}",
                    null,
                    response.StatusCode);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Connects to the proxy itself, with TLS if it needs that.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        bool isSecure = context.InitialRequestMessage.Options.TryGetValue(s_isSecure, out bool value) && value;
        Stream transport = await TcpConnection.OpenAsync(_connectCallback, context, cancellationToken).ConfigureAwait(false);
        return isSecure
            ? await SecureConnections.AuthenticateAsync(_handshake, transport, context.DnsEndPoint.PlainHost(), context.DnsEndPoint.Port, ApplicationProtocolOffer.Http11, cancellationToken).ConfigureAwait(false)
            : transport;
    }

    /// <summary>A handler that only talks to the proxy, and does not appear in the program's traces and metrics.</summary>
    private static SocketsHttpHandler CreateClient(
        IWebProxy proxy, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connectCallback) => new()
        {
            Proxy = proxy,
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            MeterFactory = UnheardMeters.Instance,
            ConnectCallback = connectCallback,
            SslOptions = RefusingSslOptions.Create(),
        };

    /// <summary>Sends every request to the proxy that it names.</summary>
    private sealed class ProxyItself(ICredentials? credentials) : IWebProxy
    {
        public ICredentials? Credentials
        {
            get => credentials;
            set => throw new NotSupportedException();
        }

        public Uri? GetProxy(Uri destination) => destination;

        public bool IsBypassed(Uri host) => false;
    }
}
