using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls;

/// <summary>The options that clients and servers share. They are read once, when the context is made; later changes have no effect on it.</summary>
public abstract class S2nContextOptions
{
    private protected S2nContextOptions() { }

    /// <summary>The security policy. Default: <see cref="S2nSecurityPolicy.DefaultTls13"/>.</summary>
    public S2nSecurityPolicy SecurityPolicy { get; set; } = S2nSecurityPolicy.DefaultTls13;

    /// <summary>
    /// The application protocols, the preferred one first (ALPN, RFC 7301). A server that has some refuses the handshake if the client offers only
    /// others. A name must not contain a zero byte, which s2n takes for its end.
    /// </summary>
    public IList<SslApplicationProtocol> ApplicationProtocols { get; } = [];

    /// <summary>
    /// The roots, all signed with their own keys, one of which the peer's certificate chain must lead to. Null, the default, means the system's roots,
    /// of which only such roots count. Cannot be combined with <see cref="CertificateChainPolicy"/>, which has its own roots.
    /// </summary>
    public X509Certificate2Collection? TrustedRoots { get; set; }

    /// <summary>
    /// Decides on the peer's certificate, with the same meaning as in <see cref="SslStream"/>: it gets the <see cref="S2nStream"/>, the certificate,
    /// the chain that .NET has built, and the errors; its answer is final. Null, the default: a certificate with errors is refused.
    /// </summary>
    /// <remarks>
    /// It is called once for each handshake, also when a client resumes a session, on the thread that drives the handshake, before anything is sent in answer, and by
    /// many handshakes concurrently. All certificates that the peer sent are in the chain policy's
    /// <see cref="X509ChainPolicy.ExtraStore"/>: on .NET 10 the end-entity's first, on .NET 11, as with SslStream, without it. The certificate is the one that <see cref="S2nStream.RemoteCertificate"/> returns, and may be kept.
    /// A server calls it only if it asks for a certificate; if that is optional and the client has none, with a null certificate and
    /// <see cref="SslPolicyErrors.RemoteCertificateNotAvailable"/>. The authenticating call throws what it throws. A refused peer is told at once.
    /// </remarks>
    public RemoteCertificateValidationCallback? RemoteCertificateValidationCallback { get; set; }

    /// <summary>
    /// How the peer's chain is built and validated, with the same meaning as in <see cref="SslStream"/>: it replaces
    /// <see cref="CertificateRevocationCheckMode"/> and the system's roots, and if it has no <see cref="X509ChainPolicy.ApplicationPolicy"/>, that of
    /// server or client authentication is added. It is cloned when the context is made; its certificates must not be disposed before the context.
    /// </summary>
    /// <remarks>
    /// Missing intermediates are never downloaded, whatever <see cref="X509ChainPolicy.DisableCertificateDownloads"/> says: a handshake should not
    /// connect to an address that the peer put in its certificate.
    /// </remarks>
    public X509ChainPolicy? CertificateChainPolicy { get; set; }

    /// <summary>Whether the peer's chain, except the root, is checked for revocation. Default: <see cref="X509RevocationMode.NoCheck"/>.</summary>
    public X509RevocationMode CertificateRevocationCheckMode { get; set; } = X509RevocationMode.NoCheck;

    /// <summary>
    /// Makes s2n verify the peer's chain against lists of revoked certificates (<c>s2n_config_set_crl_lookup_cb</c>), which this provides: nothing is
    /// downloaded. Every certificate of the chain must be covered by a list that is currently valid, or the peer is refused. Null, the default: s2n
    /// does not check revocation. The alternative is .NET's check, <see cref="CertificateRevocationCheckMode"/>; the two cannot be combined, nor can
    /// this be combined with a <see cref="RemoteCertificateValidationCallback"/>, or with a <see cref="CertificateChainPolicy"/> that says more than
    /// which roots are trusted. It is not asked again when a session is resumed.
    /// </summary>
    public S2nRevocationListProvider? RevocationLists { get; set; }

    /// <summary>
    /// Treats the transport's end without a <c>close_notify</c> as the end of the data, instead of throwing. Default: false. With true, someone on the
    /// path can cut the data short without being noticed (RFC 8446 §6.1): only for protocols whose messages state their length.
    /// </summary>
    public bool IgnoreUnexpectedEof { get; set; }

    /// <summary>
    /// The longest delay between a peer's error that might be a timing attack, and the alert and close that answer it
    /// (<c>s2n_config_set_max_blinding_delay</c>; the shortest is a third of it). The exception is thrown at once; no thread waits. Whole seconds,
    /// rounded up. Null, the default, means s2n's 10 to 30 seconds; zero turns the delay off. The answer to a refused certificate is not delayed,
    /// because the refusal depends only on public data.
    /// </summary>
    public TimeSpan? MaxBlindingDelay { get; set; }

    /// <summary>The size of the records in which data is sent. Default: <see cref="S2nRecordSize.Throughput"/>.</summary>
    public S2nRecordSize RecordSize { get; set; } = S2nRecordSize.Throughput;

    /// <summary>
    /// Continues after a warning alert from a TLS 1.2 peer, instead of ending the connection (<c>s2n_config_set_alert_behavior</c>; TLS 1.3 has no
    /// warnings). Default: false. Attacks have turned errors into warnings: only for peers that need it.
    /// </summary>
    public bool IgnoreWarningAlerts { get; set; }

    /// <summary>
    /// Whether sessions may be resumed (RFC 8446 §2.2, RFC 5077): a server issues tickets, a client keeps and offers them. Default: true. A server that
    /// asks for client certificates issues none, whatever is set here: no certificate is sent in a resumed session, so the server would not know the
    /// client.
    /// </summary>
    public bool AllowTlsResume { get; set; } = true;

    /// <summary>
    /// Whether only sessions with forward secrecy may be resumed (<c>s2n_config_require_ticket_forward_secrecy</c>): those of TLS 1.3, where s2n makes
    /// new keys at every resumption (<c>psk_dhe_ke</c>, RFC 8446 §4.2.9). On TLS 1.2 a ticket's key decrypts everything that is sent in its session
    /// and in those that resume it; with true, no ticket is issued or offered there. Default: false.
    /// </summary>
    public bool RequireTicketForwardSecrecy { get; set; }

    /// <summary>
    /// Whether the environment variable <c>SSLKEYLOGFILE</c> is honoured: the secrets of every connection are then appended to the file that it names
    /// (<c>s2n_config_set_key_log_cb</c>), so that Wireshark can decrypt the connections. Default: false. Anyone who can set the process's
    /// environment variables and read the file can read everything: for debugging only. The variable is read when the context is made; the file is
    /// created so that only its owner can access it. A handshake fails if its secrets cannot be written.
    /// </summary>
    public bool AllowKeyLogFile { get; set; }

    /// <summary>Replaces the certificates that .NET finds on this machine besides the roots, for tests that must not depend on the machine.</summary>
    internal X509Certificate2Collection? CertificatesOfMachine { get; set; }

    internal bool ChecksRevocation =>
        RevocationLists is not null || (CertificateChainPolicy?.RevocationMode ?? CertificateRevocationCheckMode) != X509RevocationMode.NoCheck;

    internal void Offer(IEnumerable<SslApplicationProtocol>? protocols)
    {
        foreach (SslApplicationProtocol protocol in protocols ?? [])
        {
            ApplicationProtocols.Add(protocol);
        }
    }
}
