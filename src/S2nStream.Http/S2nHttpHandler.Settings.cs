using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Runtime.Versioning;
using S2nTls.Http.Eviction;

namespace S2nTls;

/// <content>
/// The settings. They have the same names, meanings and defaults as those of <see cref="SocketsHttpHandler"/>, and can be set until the first
/// request.
/// </content>
public sealed partial class S2nHttpHandler
{
    private SslClientAuthenticationOptions? _sslOptions;
    private IWebProxy? _proxy;
    private Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? _connectCallback;
    private Func<SocketsHttpPlaintextStreamFilterContext, CancellationToken, ValueTask<Stream>>? _plaintextStreamFilter;
    private Action<SocketsHttpConnectionContext, S2nStream>? _connected;
    private Func<S2nHttpConnectionEvictionContext, CancellationToken, Task<bool>>? _shouldEvictConnection;

    /// <summary>Whether the handler can use s2n-tls here: if <see cref="S2nStream.IsSupported"/>, and <see cref="SocketsHttpHandler.IsSupported"/>.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool IsSupported => S2nStream.IsSupported && SocketsHttpHandler.IsSupported;

    /// <summary>
    /// The TLS settings, with the same meaning as for SslStream; what s2n does not support is refused by name (<c>docs/sslstream.md</c>). As with
    /// SocketsHttpHandler, the target host and the application protocols in them have no effect: they follow from each request.
    /// </summary>
    /// <exception cref="InvalidOperationException">The handler was made with a context, or has sent a request.</exception>
    public SslClientAuthenticationOptions SslOptions
    {
        get
        {
            ThrowIfContext();
            return _sslOptions ??= new();
        }

        set
        {
            ThrowIfContext();
            CheckNotStarted();
            _sslOptions = value;
        }
    }

    /// <summary>The proxy: for https through CONNECT (RFC 9110 §9.3.6) or SOCKS. Null, the default: <see cref="HttpClient.DefaultProxy"/>.</summary>
    /// <remarks>A proxy whose URL begins with https is reached through s2n too, with the same TLS settings.</remarks>
    public IWebProxy? Proxy
    {
        get => _proxy;
        set
        {
            CheckNotStarted();
            _proxy = value;
        }
    }

    /// <summary>
    /// Makes the connections that carry TLS and HTTP, to origins and to proxies. Null, the default: TCP. For https, s2n runs over whatever stream
    /// it returns: one that is already encrypted is encrypted again.
    /// </summary>
    public Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? ConnectCallback
    {
        get => _connectCallback;
        set
        {
            CheckNotStarted();
            _connectCallback = value;
        }
    }

    /// <summary>
    /// Can wrap each connection's plaintext in a stream of its own. For https it is given a stream that does all that its <see cref="S2nStream"/>
    /// does.
    /// </summary>
    public Func<SocketsHttpPlaintextStreamFilterContext, CancellationToken, ValueTask<Stream>>? PlaintextStreamFilter
    {
        get => _plaintextStreamFilter;
        set
        {
            CheckNotStarted();
            _plaintextStreamFilter = value;
        }
    }

    /// <summary>
    /// Called with each https connection to an origin, after its handshake and before a request is sent: for what s2n knows about it, such as
    /// <see cref="S2nStream.KeyExchangeGroup"/> or <see cref="S2nStream.IsSessionResumed"/>. Null, the default: not called.
    /// </summary>
    /// <remarks>
    /// It must not read or write the stream, nor block; it may keep the stream to query it later. Several connections call it concurrently. An
    /// exception that it throws ends the connection: the request fails with <see cref="HttpRequestError.ConnectionError"/>. Which requests a
    /// connection will serve is not known in advance: the context has the one for which it was made.
    /// </remarks>
    public Action<SocketsHttpConnectionContext, S2nStream>? Connected
    {
        get => _connected;
        set
        {
            CheckNotStarted();
            _connected = value;
        }
    }

    /// <inheritdoc cref="SocketsHttpHandler.Properties"/>
    public IDictionary<string, object?> Properties => _inner.Properties;

    /// <summary>Whether cookies are kept and sent. Default: true.</summary>
    public bool UseCookies
    {
        get => _inner.UseCookies;
        set => _inner.UseCookies = value;
    }

    /// <summary>Where cookies are kept.</summary>
    public CookieContainer CookieContainer
    {
        get => _inner.CookieContainer;
        set => _inner.CookieContainer = value;
    }

    /// <summary>Which compression methods are requested and decompressed. Default: none.</summary>
    public DecompressionMethods AutomaticDecompression
    {
        get => _inner.AutomaticDecompression;
        set => _inner.AutomaticDecompression = value;
    }

    /// <summary>Whether a proxy is used. Default: true.</summary>
    public bool UseProxy
    {
        get => _inner.UseProxy;
        set => _inner.UseProxy = value;
    }

    /// <summary>The credentials for a proxy that does not specify its own.</summary>
    public ICredentials? DefaultProxyCredentials
    {
        get => _inner.DefaultProxyCredentials;
        set => _inner.DefaultProxyCredentials = value;
    }

    /// <summary>Whether credentials are sent without waiting to be asked again.</summary>
    public bool PreAuthenticate
    {
        get => _inner.PreAuthenticate;
        set => _inner.PreAuthenticate = value;
    }

    /// <summary>The credentials for servers that ask for them.</summary>
    public ICredentials? Credentials
    {
        get => _inner.Credentials;
        set => _inner.Credentials = value;
    }

    /// <summary>Whether redirects are followed; never from https to http. Default: true.</summary>
    public bool AllowAutoRedirect
    {
        get => _inner.AllowAutoRedirect;
        set => _inner.AllowAutoRedirect = value;
    }

    /// <summary>The maximum number of redirects that are followed. Default: 50.</summary>
    public int MaxAutomaticRedirections
    {
        get => _inner.MaxAutomaticRedirections;
        set => _inner.MaxAutomaticRedirections = value;
    }

    /// <summary>The maximum number of HTTP/1.1 connections to an origin.</summary>
    public int MaxConnectionsPerServer
    {
        get => _inner.MaxConnectionsPerServer;
        set => _inner.MaxConnectionsPerServer = value;
    }

    /// <summary>How many remaining bytes of a response that was not read to its end are read so that the connection can be reused.</summary>
    public int MaxResponseDrainSize
    {
        get => _inner.MaxResponseDrainSize;
        set => _inner.MaxResponseDrainSize = value;
    }

    /// <summary>How long reading those remaining bytes may take.</summary>
    public TimeSpan ResponseDrainTimeout
    {
        get => _inner.ResponseDrainTimeout;
        set => _inner.ResponseDrainTimeout = value;
    }

    /// <summary>The maximum length of a response's headers, in KiB. Default: 64.</summary>
    public int MaxResponseHeadersLength
    {
        get => _inner.MaxResponseHeadersLength;
        set => _inner.MaxResponseHeadersLength = value;
    }

    /// <summary>How long a connection may be used for new requests. Default: infinite.</summary>
    public TimeSpan PooledConnectionLifetime
    {
        get => _inner.PooledConnectionLifetime;
        set => _inner.PooledConnectionLifetime = value;
    }

    /// <summary>How long an unused connection is kept. Default: one minute.</summary>
    public TimeSpan PooledConnectionIdleTimeout
    {
        get => _inner.PooledConnectionIdleTimeout;
        set => _inner.PooledConnectionIdleTimeout = value;
    }

    /// <summary>
    /// Asked about a pooled connection now and then, and not for every request: if it answers true, no new request is sent on the connection. Null,
    /// the default: not asked. On .NET 11 only, where it is experimental (SYSLIB5008).
    /// </summary>
    /// <remarks>It may be called concurrently for several connections. What it throws counts as false.</remarks>
    /// <exception cref="PlatformNotSupportedException">It is set to other than null on .NET 10, which has no such setting.</exception>
    public Func<S2nHttpConnectionEvictionContext, CancellationToken, Task<bool>>? ShouldEvictConnection
    {
        get => _shouldEvictConnection;
        set
        {
            CheckNotStarted();
            if (value is not null)
            {
                HandlerOfNet11.CheckEviction();
            }

            _shouldEvictConnection = value;
        }
    }

    /// <summary>How long connecting may take, including the proxy tunnel and the handshake. Default: infinite.</summary>
    public TimeSpan ConnectTimeout
    {
        get => _inner.ConnectTimeout;
        set => _inner.ConnectTimeout = value;
    }

    /// <summary>How long to wait for a server's "100 Continue".</summary>
    public TimeSpan Expect100ContinueTimeout
    {
        get => _inner.Expect100ContinueTimeout;
        set => _inner.Expect100ContinueTimeout = value;
    }

    /// <summary>The initial receive window of an HTTP/2 stream, in bytes.</summary>
    public int InitialHttp2StreamWindowSize
    {
        get => _inner.InitialHttp2StreamWindowSize;
        set => _inner.InitialHttp2StreamWindowSize = value;
    }

    /// <summary>
    /// How many concurrent streams an HTTP/2 connection may have until the server has said how many it allows (RFC 9113 §6.5.2). Default: 100.
    /// It can be set on .NET 11 only.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">It is set on .NET 10, which has no such setting.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is set to less than 1.</exception>
    public int InitialHttp2MaxConcurrentStreams
    {
        get => HandlerOfNet11.GetMaxConcurrentStreams(_inner);
        set => HandlerOfNet11.SetMaxConcurrentStreams(_inner, value);
    }

    /// <summary>How long an HTTP/2 connection may be silent before it is pinged. Default: infinite.</summary>
    public TimeSpan KeepAlivePingDelay
    {
        get => _inner.KeepAlivePingDelay;
        set => _inner.KeepAlivePingDelay = value;
    }

    /// <summary>How long the answer to a ping may take.</summary>
    public TimeSpan KeepAlivePingTimeout
    {
        get => _inner.KeepAlivePingTimeout;
        set => _inner.KeepAlivePingTimeout = value;
    }

    /// <summary>Whether connections without requests are pinged too.</summary>
    public HttpKeepAlivePingPolicy KeepAlivePingPolicy
    {
        get => _inner.KeepAlivePingPolicy;
        set => _inner.KeepAlivePingPolicy = value;
    }

    /// <summary>Whether another HTTP/2 connection is made when all streams that the server allows are in use.</summary>
    public bool EnableMultipleHttp2Connections
    {
        get => _inner.EnableMultipleHttp2Connections;
        set => _inner.EnableMultipleHttp2Connections = value;
    }

    /// <summary>The encoding of request headers.</summary>
    public HeaderEncodingSelector<HttpRequestMessage>? RequestHeaderEncodingSelector
    {
        get => _inner.RequestHeaderEncodingSelector;
        set => _inner.RequestHeaderEncodingSelector = value;
    }

    /// <summary>The encoding of response headers.</summary>
    public HeaderEncodingSelector<HttpRequestMessage>? ResponseHeaderEncodingSelector
    {
        get => _inner.ResponseHeaderEncodingSelector;
        set => _inner.ResponseHeaderEncodingSelector = value;
    }

    /// <summary>Writes the trace context into requests.</summary>
    public DistributedContextPropagator? ActivityHeadersPropagator
    {
        get => _inner.ActivityHeadersPropagator;
        set => _inner.ActivityHeadersPropagator = value;
    }

    /// <summary>Makes the meter for request metrics.</summary>
    public IMeterFactory? MeterFactory
    {
        get => _inner.MeterFactory;
        set => _inner.MeterFactory = value;
    }

    private void ThrowIfContext()
    {
        if (_context is not null)
        {
            throw new InvalidOperationException("The handler was made with an S2nContext, which has the TLS settings.");
        }
    }
}
