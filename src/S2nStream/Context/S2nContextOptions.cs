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
    /// with a client that offers others only, refuses the handshake. A name may not have a zero byte in it: s2n takes that for its end.
    /// </summary>
    public IList<SslApplicationProtocol> ApplicationProtocols { get; } = [];

    /// <summary>
    /// The roots, all signed with their own keys, that the peer's certificate chain must lead to. Null, the default, stands
    /// for the system's, of which only such ones count. Not to be combined with <see cref="CertificateChainPolicy"/>, which has roots of its own.
    /// </summary>
    public X509Certificate2Collection? TrustedRoots { get; set; }

    /// <summary>
    /// Decides on the peer's certificate, with the meaning that it has for <see cref="SslStream"/>: it is told
    /// the <see cref="S2nStream"/>, the certificate, the chain that .NET has built, and what is wrong; its
    /// answer stands. Null, the default: a certificate with errors is refused.
    /// </summary>
    /// <remarks>
    /// It is called once for each handshake that is not resumed, on the thread that drives the handshake,
    /// before anything is sent in answer, and by many handshakes at once. All that the peer has sent, the
    /// end-entity's certificate first, is in the chain policy's <see cref="X509ChainPolicy.ExtraStore"/>. The
    /// certificate is the one that <see cref="S2nStream.RemoteCertificate"/> returns, and may be kept. A server calls it only
    /// if it asks for a certificate; where that is optional and the client has none, with a null certificate
    /// and <see cref="SslPolicyErrors.RemoteCertificateNotAvailable"/>. What it throws is thrown by the
    /// authenticating call. A refused peer hears of it at once.
    /// </remarks>
    public RemoteCertificateValidationCallback? RemoteCertificateValidationCallback { get; set; }

    /// <summary>
    /// How the peer's chain is built and judged, with the meaning that it has for <see cref="SslStream"/>:
    /// it takes the place of <see cref="CertificateRevocationCheckMode"/> and of the system's roots, and where it has no
    /// <see cref="X509ChainPolicy.ApplicationPolicy"/>, that of a server's or a client's authentication is
    /// added. It is cloned when the context is made; its certificates must not be disposed before the context.
    /// </summary>
    /// <remarks>
    /// Missing intermediates are never downloaded, whatever
    /// <see cref="X509ChainPolicy.DisableCertificateDownloads"/> says: an address that a peer writes into its certificate is
    /// nothing to connect to in the middle of a handshake.
    /// </remarks>
    public X509ChainPolicy? CertificateChainPolicy { get; set; }

    /// <summary>Whether revocation of the peer's chain, without the root, is checked. Default: <see cref="X509RevocationMode.NoCheck"/>.</summary>
    public X509RevocationMode CertificateRevocationCheckMode { get; set; } = X509RevocationMode.NoCheck;

    /// <summary>
    /// Has s2n verify the peer's chain against lists of revoked certificates (<c>s2n_config_set_crl_lookup_cb</c>), which are given to
    /// it here: nothing is downloaded. Every certificate of the chain must be covered by a list that is valid now, or the peer is refused.
    /// Null, the default: revocation is not checked by s2n. The other way is .NET's, by
    /// <see cref="CertificateRevocationCheckMode"/>; the two are not combined, nor is this with a
    /// <see cref="RemoteCertificateValidationCallback"/> or a <see cref="CertificateChainPolicy"/> that says more than which roots are
    /// trusted. Not asked again where a session is resumed.
    /// </summary>
    public S2nRevocationListProvider? RevocationLists { get; set; }

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
    /// for s2n's 10 to 30 seconds; zero turns the delay off. A refused certificate is not delayed: that rests on what is public.
    /// </summary>
    public TimeSpan? MaxBlindingDelay { get; set; }

    /// <summary>How large the records are that data is sent in. Default: <see cref="S2nRecordSize.Throughput"/>.</summary>
    public S2nRecordSize RecordSize { get; set; } = S2nRecordSize.Throughput;

    /// <summary>
    /// Goes on after a warning alert of a TLS 1.2 peer, instead of ending the connection (<c>s2n_config_set_alert_behavior</c>;
    /// TLS 1.3 has no warnings). Default: false. Attacks have made warnings of errors: only for peers that cannot do without.
    /// </summary>
    public bool IgnoreWarningAlerts { get; set; }

    /// <summary>
    /// Whether sessions may be resumed (RFC 8446 §2.2, RFC 5077): a server issues tickets, a client keeps and
    /// offers them. Default: true. A server that asks for client certificates issues none, whatever is set here:
    /// a resumed session shows no certificate, and the client would be nobody.
    /// </summary>
    public bool AllowTlsResume { get; set; } = true;

    /// <summary>
    /// Whether only sessions with forward secrecy may be resumed (<c>s2n_config_require_ticket_forward_secrecy</c>): those of TLS
    /// 1.3, where s2n makes new keys at every resumption (<c>psk_dhe_ke</c>, RFC 8446 §4.2.9). On TLS 1.2 the key of a ticket opens
    /// all that is sent in its session and in those that resume it; with true, no ticket is issued or offered there. Default: false.
    /// </summary>
    public bool RequireTicketForwardSecrecy { get; set; }

    /// <summary>
    /// Whether the environment variable <c>SSLKEYLOGFILE</c> is honoured: the secrets of every connection are then
    /// appended to the file that it names (<c>s2n_config_set_key_log_cb</c>), with which Wireshark can decrypt them. Default:
    /// false. Whoever can set a variable of the process, and read the file, reads everything: for debugging only. The
    /// variable is read when the context is made; the file is created for its owner alone. A handshake fails
    /// whose secrets cannot be written.
    /// </summary>
    public bool AllowKeyLogFile { get; set; }

    /// <summary>What stands for the certificates that .NET finds on this machine beside the roots, where tests do not want those of this very machine.</summary>
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
