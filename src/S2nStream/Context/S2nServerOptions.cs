namespace S2nTls;

/// <summary>The options of a server. It needs at least one certificate, or pre-shared keys.</summary>
public sealed class S2nServerOptions : S2nContextOptions
{
    /// <summary>The certificates: s2n chooses by the client's server name and signature schemes; the first of each key type is the default.</summary>
    public IList<S2nCertificate> Certificates { get; } = [];

    /// <summary>Whether clients must send a certificate. Default: <see cref="S2nClientCertificateMode.None"/>.</summary>
    public S2nClientCertificateMode ClientCertificateMode { get; set; }

    /// <summary>
    /// Whether clients may limit the size of all records (RFC 6066 §4, <c>s2n_config_accept_max_fragment_length</c>). Default: false; they are
    /// then sent records of any size.
    /// </summary>
    public bool AcceptMaxFragmentLength { get; set; }

    /// <summary>The keys of session tickets. Null, the default: random keys that only this context has, and that it discards in time.</summary>
    public S2nTicketKeyRing? TicketKeys { get; set; }

    /// <summary>
    /// Fetches OCSP responses for the certificates and staples them, also for those that <see cref="S2nContext.ReplaceCertificates"/> puts in their place.
    /// Null, the default: nothing is fetched, and what the certificates have is stapled (<see cref="S2nCertificate.WithOcspResponse"/>).
    /// </summary>
    public S2nOcspStapler? OcspStapler { get; set; }

    /// <summary>
    /// How many tickets a TLS 1.3 client is given after the handshake, 1 to 255 (<c>s2n_config_set_initial_ticket_count</c>). Each should
    /// be offered once only, so a client that opens several connections at a time has use for some more. Default: 1. On TLS 1.2 it is always one.
    /// </summary>
    public int SessionTicketCount { get; set; } = 1;

    /// <summary>
    /// How long after its ticket was issued a session can be resumed (<c>s2n_config_set_session_state_lifetime</c>), at most the 7 days of RFC
    /// 8446 §4.6.1; whole seconds. Null, the default, means s2n's 15 hours. No ticket outlives its key (<see cref="S2nTicketKeyRing.Lifetime"/>).
    /// </summary>
    public TimeSpan? SessionLifetime { get; set; }

    /// <summary>
    /// Accepts early data (0-RTT, RFC 8446 §2.3). Null, the default: none is ever accepted. Read it with
    /// <see cref="S2nStream.ReadEarlyDataAsync"/>. It cannot be combined with <see cref="S2nContextOptions.ApplicationProtocols"/>, with which s2n
    /// rejects all early data, or with client certificates.
    /// </summary>
    public S2nEarlyDataOptions? EarlyData { get; set; }

    /// <summary>
    /// Keys that clients may use instead of this server's certificate (external PSK, RFC 8446 §4.2.11); the client's preference decides. The
    /// caller owns them, and disposes them when no more connections will begin with them. A server with keys issues no tickets: s2n does not
    /// support both.
    /// </summary>
    public IList<S2nPreSharedKey> PreSharedKeys { get; } = [];

    /// <summary>Looks up keys that are not in <see cref="PreSharedKeys"/>, for example in a database. Null, the default: there are no others.</summary>
    public S2nPreSharedKeySelectionCallback? PreSharedKeySelectionCallback { get; set; }

    internal bool TakesPreSharedKeys => PreSharedKeys.Count > 0 || PreSharedKeySelectionCallback is not null;
}
