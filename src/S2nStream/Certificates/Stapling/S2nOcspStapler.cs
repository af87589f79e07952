using System.Runtime.ExceptionServices;
using S2nTls.Certificates.Stapling;

namespace S2nTls;

/// <summary>
/// Fetches OCSP responses for servers' certificates from the responders that these name (RFC 6960), has them stapled (RFC 6066 §8), and renews them
/// long before they expire: <see cref="S2nServerOptions.OcspStapler"/>. One can serve any number of contexts, which share its responses. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// It costs no handshake: responders are asked beside them, without a thread that waits, and what is there is stapled. So the first handshakes of a
/// certificate are without, unless it came with a response (<see cref="S2nCertificate.WithOcspResponse"/>), which is then the first.
/// </para>
/// <para>
/// Only what a client would accept is stapled: a response about the very certificate, of its time, signed by the certificate's issuer or by a responder that the
/// issuer has appointed; also one that says that the certificate is revoked, as with SslStream. While a responder cannot be reached, or has
/// no such answer, the old response stays until it expires. It is asked for over http, by GET or POST, and may send 64 KiB; redirections are not followed.
/// </para>
/// <para>
/// A certificate that names no responder is shown as it is. One whose issuer is not in its chain is too, and so is one of ML-DSA; <see cref="Failed"/> tells
/// of those. It works for as long as a context uses it, and has nothing to dispose.
/// </para>
/// </remarks>
public sealed class S2nOcspStapler
{
    private readonly Lazy<StapleKeeper> _keeper;

    /// <summary>Makes one.</summary>
    /// <param name="http">Sends the requests, which are to be answered by nobody but who was asked; it stays the caller's. Null, the default, for one of its own, which heeds the system's proxy.</param>
    /// <param name="timeProvider">Tells the time; null for the system's clock.</param>
    public S2nOcspStapler(HttpMessageInvoker? http = null, TimeProvider? timeProvider = null)
        : this(http, timeProvider ?? TimeProvider.System, System.Random.Shared.NextDouble)
    {
    }

    internal S2nOcspStapler(HttpMessageInvoker? http, TimeProvider clock, Func<double> random) =>
        _keeper = new(() => new StapleKeeper(Tell, http ?? OcspClient.SharedHttp, FetchTimeout, clock, random));

    /// <summary>
    /// The stapler of connections that are authenticated with an <see cref="System.Net.Security.SslStreamCertificateContext"/> that was not made offline. Contexts
    /// may use it too.
    /// </summary>
    public static S2nOcspStapler Shared { get; } = new();

    /// <summary>
    /// A certificate's responder could not be reached, or has given no good answer; it says that the certificate is revoked; or it cannot be asked. Raised once for each
    /// certificate, and again only after a time in which all was well with it; meanwhile the responder is asked again and again. Raised on a thread of
    /// the pool. A handler that throws ends the process, as one of <see cref="FileSystemWatcher"/> does.
    /// </summary>
    public event EventHandler<ErrorEventArgs>? Failed;

    /// <summary>What is wrong with one of the certificates now. Null while all is well, and while no context uses the stapler.</summary>
    public Exception? Failure => _keeper.Value.Failure;

    /// <summary>How long a responder may take for its answer. Default: 15 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive, or more than a day.</exception>
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

    /// <summary>What a handler throws is nobody's here to handle, and nobody's to hide.</summary>
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
