namespace S2nTls;

/// <summary>The options of a client. By default it verifies the server's chain against the system's roots, and its host name.</summary>
public sealed class S2nClientOptions : S2nContextOptions
{
    /// <summary>The certificate to send if the server asks for one. Null, the default: none.</summary>
    public S2nCertificate? Certificate { get; set; }

    /// <summary>
    /// Asks the server to send no records with more data than this, and sends none: 512, 1024, 2048 or 4096 bytes (RFC 6066 §4,
    /// <c>s2n_config_send_max_fragment_length</c>), for a client with little memory. Null, the default, asks for nothing. Not every server obeys:
    /// larger records are decrypted all the same.
    /// </summary>
    public int? MaxFragmentLength { get; set; }

    /// <summary>Where sessions are kept between connections. Null, the default: in the context's memory, a few for each server.</summary>
    public S2nSessionCache? SessionCache { get; set; }

    /// <summary>
    /// Whether to ask the server for an OCSP response with its certificate, and whether it must send one. Default:
    /// <see cref="S2nOcspStapling.None"/>. Only if s2n itself verifies the server: it cannot be combined with a
    /// <see cref="S2nContextOptions.RemoteCertificateValidationCallback"/>, a <see cref="S2nContextOptions.CertificateRevocationCheckMode"/>, or a
    /// <see cref="S2nContextOptions.CertificateChainPolicy"/> that says more than which roots are trusted.
    /// </summary>
    public S2nOcspStapling OcspStapling { get; set; }

    /// <summary>
    /// Whether to ask the server for signed certificate timestamps (RFC 6962 §3.3, <c>s2n_config_set_ct_support_level</c>), which
    /// <see cref="S2nStream.SignedCertificateTimestamps"/> returns. Default: false. They are not verified.
    /// </summary>
    public bool RequestSignedCertificateTimestamps { get; set; }

    /// <summary>
    /// Keys to offer to the server, the preferred one first (external PSK, RFC 8446 §4.2.11). The caller owns them, and disposes them when no more
    /// connections will begin with them. A client with keys resumes no sessions: s2n does not support both.
    /// </summary>
    public IList<S2nPreSharedKey> PreSharedKeys { get; } = [];

    /// <summary>
    /// Whether the server must use one of the <see cref="PreSharedKeys"/>, if there are any; then nothing else proves who it is, and all options for
    /// certificates have no effect. Default: true. With false, a server that uses none may send a certificate, which is verified as usual.
    /// </summary>
    public bool RequirePreSharedKey { get; set; } = true;

    internal bool RefusesCertificates => RequirePreSharedKey && PreSharedKeys.Count > 0;

    /// <summary>Whether connections may choose a certificate when the server has asked for one.</summary>
    internal bool SelectsCertificateLater { get; set; }
}
