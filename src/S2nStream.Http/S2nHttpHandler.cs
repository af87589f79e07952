using System.Net.Security;
using S2nTls.Http.Carrier;
using S2nTls.Http.Connections;
using S2nTls.Http.Eviction;
using S2nTls.Http.Fallback;
using S2nTls.Http.Proxies;
using S2nTls.Http.Requests;

namespace S2nTls;

/// <summary>
/// A handler for <see cref="HttpClient"/> that makes https connections with s2n-tls: <see cref="SocketsHttpHandler"/>, with its settings and
/// behaviour, but with <see cref="S2nStream"/> instead of <see cref="SslStream"/>. Thread-safe once it has sent a request.
/// </summary>
/// <remarks>
/// <para>
/// HTTP/1.1 or HTTP/2 is chosen by ALPN (RFC 7301), according to the request's version and version policy. HTTP/3 is not supported. No request is
/// ever sent through SslStream: one that s2n cannot send fails. The exception is where s2n is not supported, if that is asked for
/// (<see cref="UseSslStreamIfNotSupported"/>). <c>docs/httpclient.md</c> lists the differences from SocketsHttpHandler.
/// </para>
/// <para>
/// A failed handshake throws an <see cref="HttpRequestException"/> with <see cref="HttpRequestError.SecureConnectionError"/>; its inner exception
/// is the <see cref="System.Security.Authentication.AuthenticationException"/>, which contains the <see cref="S2nException"/> that says why.
/// </para>
/// </remarks>
public sealed partial class S2nHttpHandler : HttpMessageHandler
{
    private readonly SocketsHttpHandler _inner = new();
    private readonly OpenHandler _open;
    private readonly S2nContext? _context;
    private readonly Lock _starting = new();
    private volatile bool _hasStarted;
    private volatile bool _isDisposed;
    private ProxyTunnels? _tunnels;

    /// <summary>Makes a handler that takes its TLS settings from <see cref="SslOptions"/>; by default s2n's own.</summary>
    public S2nHttpHandler() => _open = new OpenHandler(_inner);

    /// <summary>Makes a handler whose connections share a context, with each other and with any other user of it.</summary>
    /// <param name="context">
    /// A client context. The handler does not dispose it. Its application protocols have no effect: they follow from each request. Later
    /// connections resume its sessions, those of other handlers too.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    public S2nHttpHandler(S2nContext context)
        : this()
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
    }

    /// <summary>For tests: the handler that must not be able to make a TLS connection of its own.</summary>
    internal SocketsHttpHandler Inner => _inner;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Prepare(request);
        HttpVersions.KeepBelow3(request);
        try
        {
            return await _open.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (FailureTranslation.Of(e, request) is { } translated)
        {
            throw translated;
        }
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The inner handler refuses a synchronous request that is, or might be, for HTTP/2 or 3: the version needs no limit.
        Prepare(request);
        try
        {
            return _open.Send(request, cancellationToken);
        }
        catch (HttpRequestException e) when (FailureTranslation.Of(e, request) is { } translated)
        {
            throw translated;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _open.Dispose();
            lock (_starting)
            {
                _tunnels?.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private void Prepare(HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_hasStarted)
        {
            Start();
        }
    }

    /// <summary>Fixes the settings at the first request.</summary>
    private void Start()
    {
        lock (_starting)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_hasStarted)
            {
                return;
            }

            if (LeavesHttpsToSslStream())
            {
                SslStreamFallback.Start(this);
                _hasStarted = true;
                return;
            }

            HandshakeSettings handshake = _context is null ? new HandshakeSettings(_sslOptions ?? new()) : new HandshakeSettings(_context);
            SecureProxies? proxies = null;
            if (UseProxy)
            {
                System.Net.IWebProxy proxy = _proxy ?? HttpClient.DefaultProxy;
                proxies = new SecureProxies(proxy, DefaultProxyCredentials);
                _tunnels = new ProxyTunnels(proxy, DefaultProxyCredentials, handshake, _connectCallback);
            }

            EvictionQuestions? evictions = null;
            if (_shouldEvictConnection is { } shouldEvict)
            {
                evictions = new EvictionQuestions(shouldEvict);
                HandlerOfNet11.SetShouldEvict(_inner, evictions.AskAsync);
            }

            var connections = new SecureConnections(handshake, _tunnels, proxies, evictions, _connectCallback, _connected);
            _inner.SslOptions = RefusingSslOptions.Create();
            _inner.Proxy = proxies;
            _inner.ConnectCallback = connections.ConnectAsync;
            _inner.PlaintextStreamFilter = _plaintextStreamFilter is { } filter
                ? async (context, cancellationToken) =>
                    await filter(context, cancellationToken).ConfigureAwait(false) is { } stream ? connections.Unwrap(context, stream) : null!
                : (context, _) => ValueTask.FromResult(connections.Unwrap(context, context.PlaintextStream));
            _hasStarted = true;
        }
    }

    private void CheckNotStarted()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_hasStarted)
        {
            throw new InvalidOperationException("The handler has already sent a request: its settings can no longer be changed.");
        }
    }
}
