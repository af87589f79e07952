using Microsoft.Extensions.Logging;

namespace S2nTls;

/// <content>Where s2n-tls is not supported.</content>
public sealed partial class S2nHttpHandler
{
    private bool _useSslStream;
    private ILoggerFactory? _loggerFactory;

    /// <summary>
    /// Whether https is left to <see cref="SocketsHttpHandler"/>, and so to SslStream, where s2n-tls is not supported
    /// (<see cref="S2nStream.IsSupported"/>): for developing on Windows and macOS. Default: false; https requests fail there. Where s2n-tls is supported,
    /// this has no effect.
    /// </summary>
    /// <remarks>
    /// It needs a <see cref="LoggerFactory"/>, without which the first request fails everywhere: a warning (category <c>S2nTls.S2nHttpHandler</c>, event
    /// 1) says, once for each handler, that s2n is not used. <see cref="SslOptions"/> apply in full, as they are SslStream's own. <see cref="Connected"/>
    /// is not called, which the warning mentions, and HTTP/3 is not used. A <see cref="ConnectCallback"/> that gives an SslStream for an https URL fails:
    /// SocketsHttpHandler would take it for the connection to the origin, and not verify the origin.
    /// </remarks>
    /// <exception cref="InvalidOperationException">
    /// It is set to true, and the handler was made with a context: SslStream would not know whom the context trusts. Or a request has been sent.
    /// </exception>
    public bool UseSslStreamIfNotSupported
    {
        get => _useSslStream;
        set
        {
            CheckNotStarted();
            if (value && _context is not null)
            {
                throw new InvalidOperationException(
                    "The handler was made with an S2nContext, whose settings, such as the trusted roots, cannot be given to SslStream. "
                    + "Set SslOptions instead of passing a context; or ask S2nStream.IsSupported, and make a SocketsHttpHandler if it is false.");
            }

            _useSslStream = value;
        }
    }

    /// <summary>Where the handler logs that it does not use s2n (<see cref="UseSslStreamIfNotSupported"/>). A client's <c>UseS2n</c> sets it to the application's.</summary>
    public ILoggerFactory? LoggerFactory
    {
        get => _loggerFactory;
        set
        {
            CheckNotStarted();
            _loggerFactory = value;
        }
    }

    private bool LeavesHttpsToSslStream()
    {
        if (_useSslStream && _loggerFactory is null)
        {
            throw new InvalidOperationException(
                $"{nameof(UseSslStreamIfNotSupported)} needs a {nameof(LoggerFactory)}: that SslStream is used must not go unnoticed.");
        }

        return _useSslStream && !S2nStream.IsSupported;
    }
}
