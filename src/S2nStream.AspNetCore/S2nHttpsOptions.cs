using System.Buffers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using S2nTls.AspNetCore.Configuration;

namespace S2nTls.AspNetCore;

/// <summary>
/// The options of an https endpoint over s2n-tls: the counterpart of Kestrel's <see cref="HttpsConnectionAdapterOptions"/>, whose defaults
/// (<c>ConfigureHttpsDefaults</c>) they start from. Read once, when the endpoint is bound.
/// </summary>
public sealed class S2nHttpsOptions
{
    /// <summary>The maximum for timers (<see cref="CancellationTokenSource.CancelAfter(TimeSpan)"/>).</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private TimeSpan _handshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes options with their defaults.</summary>
    public S2nHttpsOptions() => Tls = new S2nServerOptions { IgnoreUnexpectedEof = true, OcspStapler = DefaultStapler };

    /// <summary>
    /// The endpoint's certificate, with its private key. If neither this, <see cref="CertificateFiles"/> nor <see cref="Tls"/> has one, the
    /// server's default is used: the configured one (<c>Kestrel:Certificates:Default</c>), otherwise the development certificate.
    /// </summary>
    public X509Certificate2? ServerCertificate { get; set; }

    /// <summary>The intermediates that clients need, in order, without the root.</summary>
    public X509Certificate2Collection? ServerCertificateChain { get; set; }

    /// <summary>
    /// Chooses the certificate for a connection by the name that the client asks for (empty if it names none), with the same semantics as in
    /// Kestrel: if set, it replaces all other certificates, and null refuses the client. Many connections call it concurrently; it must not take
    /// long (an <see cref="S2nContextSelector"/> may).
    /// </summary>
    /// <remarks>
    /// Each certificate object that it returns gets a context of its own, made once: return the same object for the same certificate. The
    /// intermediates are those of <see cref="ServerCertificateChain"/>. Nothing else in the options may be changed while the server runs.
    /// </remarks>
    public Func<ConnectionContext?, string?, X509Certificate2?>? ServerCertificateSelector { get; set; }

    /// <summary>
    /// PEM files of certificates, which are watched while the server runs (<see cref="S2nCertificateWatcher"/>): new connections get the new
    /// content, existing ones continue, and nothing is rebound. Content that cannot be used is logged as a warning and changes nothing. Paths are
    /// absolute, or relative to the process's current directory. These certificates come after any others; those in <see cref="Tls"/> must then
    /// not be disposed while the server runs.
    /// </summary>
    public IList<S2nCertificateFiles> CertificateFiles { get; } = [];

    /// <summary>The settings of s2n: security policy, client certificates and how they are validated, session tickets, more certificates.</summary>
    /// <remarks>
    /// If <see cref="S2nContextOptions.ApplicationProtocols"/> is empty, the protocols of the endpoint's HTTP versions are used.
    /// <see cref="S2nContextOptions.IgnoreUnexpectedEof"/> is initially true: HTTP messages state their length, and many clients close without a
    /// <c>close_notify</c>. <see cref="S2nServerOptions.OcspStapler"/> is initially set, as Kestrel staples OCSP responses too; null turns it off.
    /// </remarks>
    public S2nServerOptions Tls { get; }

    /// <summary>
    /// Whether the endpoint uses Kestrel's own https (<c>UseHttps</c>, SslStream) where s2n-tls is not supported
    /// (<see cref="S2nStream.IsSupported"/>): for developing on Windows and macOS. Default: false; the server then does not start there. Where s2n-tls is
    /// supported, this has no effect.
    /// </summary>
    /// <remarks>
    /// <para>
    /// A warning in the log (<c>S2nTls.AspNetCore.Endpoints</c>, event 1) says so for each endpoint, and names the settings that are lost, such as the
    /// security policy. What decides who is served is not lost: certificates, whether clients need one, and whom to trust are carried over, and a
    /// setting of that kind that cannot be carried over stops the server from starting. <c>docs/aspnetcore.md</c> has the list.
    /// </para>
    /// <para>Overloads of <c>UseS2n</c> that take a context, or choose one, have no such option: SslStream cannot use it.</para>
    /// </remarks>
    public bool UseHttpsIfNotSupported { get; set; }

    /// <summary>Whether Kestrel's own https is to be used.</summary>
    internal bool FallsBack => UseHttpsIfNotSupported && !S2nStream.IsSupported;

    /// <summary>The part of <see cref="Tls"/> that only asks Kestrel's <c>ClientCertificateValidation</c>.</summary>
    internal RemoteCertificateValidationCallback? KestrelsValidation { get; set; }

    /// <summary>The settings that an <c>S2n</c> section has set, and where.</summary>
    internal Dictionary<string, string> PathsInConfiguration { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The files of certificates that Kestrel's own https has no place for.</summary>
    internal List<string> CertificatesLost { get; } = [];

    /// <summary>The stapler that is used unless another is set.</summary>
    internal S2nOcspStapler DefaultStapler { get; } = new();

    /// <summary>
    /// Called for each connection before its handshake, with what the client sent: the first record including its header, which usually holds the
    /// whole ClientHello, with the same semantics as in Kestrel. To refuse the client, abort the connection
    /// (<see cref="ConnectionContext.Abort()"/>) or throw. Many connections call it concurrently.
    /// </summary>
    /// <remarks>
    /// The bytes belong to the connection and are valid only during the call: copy what you keep. Its time counts towards
    /// <see cref="HandshakeTimeout"/>. A connection that does not begin with a ClientHello is ended without a call. To read the ClientHello's
    /// content, or to answer asynchronously, an <see cref="S2nContextSelector"/> is more convenient.
    /// </remarks>
    public Action<ConnectionContext, ReadOnlySequence<byte>>? TlsClientHelloBytesCallback { get; set; }

    internal bool HasCertificate =>
        ServerCertificate is not null || ServerCertificateSelector is not null || Tls.Certificates.Count > 0 || CertificateFiles.Count > 0;

    /// <summary>Clears all certificate settings.</summary>
    internal void ClearCertificates()
    {
        ServerCertificate = null;
        ServerCertificateChain = null;
        ServerCertificateSelector = null;
        Tls.Certificates.Clear();
        CertificateFiles.Clear();
    }

    /// <summary>How long a handshake may take. Default: 10 seconds. <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or more than 49 days.</exception>
    public TimeSpan HandshakeTimeout
    {
        get => _handshakeTimeout;
        set
        {
            if (value <= TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The handshake timeout must be positive.");
            }

            if (value > Longest)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "A timer takes 49 days at most; Timeout.InfiniteTimeSpan sets no limit.");
            }

            _handshakeTimeout = value;
        }
    }
}
