using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using S2nTls.AspNetCore.Configuration;

namespace S2nTls.AspNetCore;

/// <summary>
/// What an https endpoint over s2n-tls configures: the counterpart of Kestrel's <see cref="HttpsConnectionAdapterOptions"/>, whose
/// defaults (<c>ConfigureHttpsDefaults</c>) it begins with. Read once, when the endpoint is bound.
/// </summary>
public sealed class S2nHttpsOptions
{
    /// <summary>What timers take (<see cref="CancellationTokenSource.CancelAfter(TimeSpan)"/>).</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private TimeSpan _handshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The endpoint's certificate, with its private key. Where neither this, nor <see cref="CertificateFiles"/>, nor <see cref="Tls"/> has one, the server's default
    /// is taken: that of its configuration (<c>Kestrel:Certificates:Default</c>), or else the development certificate.
    /// </summary>
    public X509Certificate2? ServerCertificate { get; set; }

    /// <summary>The intermediates that clients need, in order, without the root.</summary>
    public X509Certificate2Collection? ServerCertificateChain { get; set; }

    /// <summary>
    /// Chooses the certificate for a connection, by the name that the client asks for (empty where it names none), with Kestrel's meaning: where it is
    /// set it has the place of all other certificates, and null refuses the client. Many connections call it at once; it must not
    /// take long, which an <see cref="S2nContextSelector"/> may.
    /// </summary>
    /// <remarks>
    /// For each certificate object that it returns, a context is made once: it should return the same object for the same
    /// certificate. The intermediates are those of <see cref="ServerCertificateChain"/>. Nothing else in the options may be changed while the server runs.
    /// </remarks>
    public Func<ConnectionContext?, string?, X509Certificate2?>? ServerCertificateSelector { get; set; }

    /// <summary>
    /// PEM files of certificates, which are followed while the server runs (<see cref="S2nCertificateWatcher"/>): new connections get what is
    /// in them, those that live go on, and nothing is bound anew. What cannot be used is logged as a warning, and
    /// changes nothing. Paths are absolute, or relative to the process's current directory. They come after the other certificates,
    /// if there are any; those in <see cref="Tls"/> must then not be disposed while the server runs.
    /// </summary>
    public IList<S2nCertificateFiles> CertificateFiles { get; } = [];

    /// <summary>
    /// What s2n is told: security policy, client certificates and how they are judged, session tickets, more certificates.
    /// </summary>
    /// <remarks>
    /// Its <see cref="S2nContextOptions.ApplicationProtocols"/> may stay empty: they are then those of the endpoint's HTTP versions.
    /// Its <see cref="S2nContextOptions.IgnoreUnexpectedEof"/> is true at first: HTTP's messages say how long they are, and
    /// many clients close without a <c>close_notify</c>.
    /// </remarks>
    public S2nServerOptions Tls { get; } = new() { IgnoreUnexpectedEof = true };

    /// <summary>
    /// Called for each connection before its handshake, with what the client sent: the first record with its header, which a hello fills as a rule, and
    /// Kestrel's meaning. To refuse the client, abort the connection (<see cref="ConnectionContext.Abort()"/>) or throw. Many connections call it at once.
    /// </summary>
    /// <remarks>
    /// The bytes are the connection's, and are gone when it returns: copy what is to be kept. The time is that of the handshake
    /// (<see cref="HandshakeTimeout"/>). A connection that does not begin with a client's hello is ended without a call. For what is in a hello, and
    /// for an answer that takes time, an <see cref="S2nContextSelector"/> is more convenient.
    /// </remarks>
    public Action<ConnectionContext, ReadOnlySequence<byte>>? TlsClientHelloBytesCallback { get; set; }

    internal bool HasCertificate =>
        ServerCertificate is not null || ServerCertificateSelector is not null || Tls.Certificates.Count > 0 || CertificateFiles.Count > 0;

    /// <summary>Takes away whatever says which certificate it is to be.</summary>
    internal void ClearCertificates()
    {
        ServerCertificate = null;
        ServerCertificateChain = null;
        ServerCertificateSelector = null;
        Tls.Certificates.Clear();
        CertificateFiles.Clear();
    }

    /// <summary>How long a handshake may take. Default: 10 seconds. <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive, or more than 49 days.</exception>
    public TimeSpan HandshakeTimeout
    {
        get => _handshakeTimeout;
        set
        {
            if (value <= TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "A handshake needs some time.");
            }

            if (value > s_longest)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "It is more than a timer takes, 49 days: Timeout.InfiniteTimeSpan sets no limit.");
            }

            _handshakeTimeout = value;
        }
    }
}
