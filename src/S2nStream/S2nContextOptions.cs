using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls;

/// <summary>What clients and servers both configure. Options are read once, when the context is made; later changes have no effect on it.</summary>
public abstract class S2nContextOptions
{
    private protected S2nContextOptions() { }

    /// <summary>The security policy. Default: <see cref="S2nSecurityPolicy.DefaultTls13"/>.</summary>
    public S2nSecurityPolicy SecurityPolicy { get; set; } = S2nSecurityPolicy.DefaultTls13;

    /// <summary>
    /// The application protocols, the preferred one first (ALPN, RFC 7301). A server that has some, faced
    /// with a client that offers others only, refuses the handshake.
    /// </summary>
    public IList<SslApplicationProtocol> ApplicationProtocols { get; } = [];

    /// <summary>The roots that the peer's certificate chain must lead to. Null, the default, stands for the system's.</summary>
    public X509Certificate2Collection? TrustedRoots { get; set; }

    /// <summary>
    /// Takes the transport's end without a <c>close_notify</c> for the end of the data, instead of throwing.
    /// Default: false. With true, someone on the path can cut a conversation short and nobody will notice
    /// (RFC 8446 §6.1): only for protocols whose messages say how long they are.
    /// </summary>
    public bool IgnoreUnexpectedEof { get; set; }

    /// <summary>
    /// The longest delay between a peer's error that might be an attack on timing, and the alert and close
    /// that answer it (<c>s2n_config_set_max_blinding_delay</c>; the shortest is a third of it). The
    /// exception is thrown at once, no thread waits. Whole seconds, rounded up. Null, the default, stands
    /// for s2n's 10 to 30 seconds; zero turns the delay off.
    /// </summary>
    public TimeSpan? MaxBlindingDelay { get; set; }
}
