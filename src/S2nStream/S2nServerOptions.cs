namespace S2nTls;

/// <summary>What a server configures. It needs at least one certificate.</summary>
public sealed class S2nServerOptions : S2nContextOptions
{
    /// <summary>The certificates: s2n picks by the client's server name and signature schemes; the first one of a key type is the default.</summary>
    public IList<S2nCertificate> Certificates { get; } = [];

    /// <summary>Whether clients must show a certificate. Default: <see cref="S2nClientCertificateMode.None"/>.</summary>
    public S2nClientCertificateMode ClientCertificateMode { get; set; }

    /// <summary>
    /// Whether clients may have all records limited to what they ask for (RFC 6066 §4,
    /// <c>s2n_config_accept_max_fragment_length</c>). Default: false; they are then sent records of any size.
    /// </summary>
    public bool AcceptMaxFragmentLength { get; set; }

    /// <summary>The keys of session tickets. Null, the default: keys that only this context has, made at random and forgotten in time.</summary>
    public TicketKeyRing? TicketKeys { get; set; }
}
