using System.Runtime.ExceptionServices;
using S2nTls.Certificates.Stapling;

namespace S2nTls;

/// <summary>
/// Fetches OCSP responses for servers' certificates from the responders that the certificates name (RFC 6960), staples them (RFC 6066 §8), and
/// renews them long before they expire: <see cref="S2nServerOptions.OcspStapler"/>. One can serve any number of contexts, which share its responses.
/// Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// Handshakes do not wait: responders are asked in the background, without blocking a thread, and whatever is available is stapled. So a
/// certificate's first handshakes have no response, unless it came with one (<see cref="S2nCertificate.WithOcspResponse"/>), which is used first.
/// </para>
/// <para>
/// Only what a client would accept is stapled: a current response for the certificate, signed by its issuer or by a responder that the issuer has
/// authorized; also one that says that the certificate is revoked, as with SslStream. While a responder cannot be reached, or has no such answer,
/// the old response stays until it expires. Responders are asked over http, by GET or POST, and may send 64 KiB; redirections are not followed.
/// </para>
/// <para>
/// A certificate that names no responder is shown as it is. So is one whose issuer is not in its chain, or that uses ML-DSA;
/// <see cref="Failed"/> reports these. A stapler works for as long as a context uses it, and has nothing to dispose.
/// </para>
/// </remarks>
public sealed class S2nOcspStapler
{
    private readonly Lazy<StapleKeeper> _keeper;

    /// <summary>Makes a stapler.</summary>
    /// <param name="http">
    /// Sends the requests, and must return the answer of the responder that was asked: it must not follow redirections. It is not disposed here. Null,
    /// the default: one of the library's own, which uses the system's proxy.
    /// </param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    public S2nOcspStapler(HttpMessageInvoker? http = null, TimeProvider? timeProvider = null)
        : this(http, timeProvider ?? TimeProvider.System, System.Random.Shared.NextDouble)
    {
    }

    internal S2nOcspStapler(HttpMessageInvoker? http, TimeProvider clock, Func<double> random) =>
        _keeper = new(() => new StapleKeeper(Tell, http ?? OcspClient.SharedHttp, FetchTimeout, clock, random));

    /// <summary>
    /// The stapler for connections that are authenticated with an <see cref="System.Net.Security.SslStreamCertificateContext"/> that was not made
    /// offline. Contexts may use it too.
    /// </summary>
    public static S2nOcspStapler Shared { get; } = new();

    /// <summary>
    /// A certificate's responder could not be reached, gave no acceptable answer, says that the certificate is revoked, or cannot be asked. Raised once
    /// for each certificate, and again only after everything was well with it in between; meanwhile the responder is asked again and again. Raised on
    /// a thread-pool thread. A handler that throws ends the process, as with <see cref="FileSystemWatcher"/>.
    /// </summary>
    public event EventHandler<ErrorEventArgs>? Failed;

    /// <summary>The current problem of one of the certificates. Null while all is well, and while no context uses the stapler.</summary>
    public Exception? Failure => _keeper.Value.Failure;

    /// <summary>How long a responder may take to answer. Default: 15 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or more than a day.</exception>
    public TimeSpan FetchTimeout
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1));
            field = value;
        }
    } = TimeSpan.FromSeconds(15);

    internal StapleKeeper Keeper => _keeper.Value;

    /// <summary>An exception from a handler is neither handled nor hidden here.</summary>
    private void Tell(Exception failure)
    {
        try
        {
            Failed?.Invoke(this, new ErrorEventArgs(failure));
        }
        catch (Exception e)
        {
            var thrown = ExceptionDispatchInfo.Capture(e);
            ThreadPool.QueueUserWorkItem(_ => thrown.Throw());
        }
    }
}
