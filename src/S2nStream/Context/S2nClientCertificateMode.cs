namespace S2nTls;

/// <summary>Whether a server asks for a client certificate (<c>s2n_cert_auth_type</c>).</summary>
public enum S2nClientCertificateMode
{
    /// <summary>The server does not ask.</summary>
    None = 0,

    /// <summary>
    /// The server asks, and refuses clients that have no certificate or one that does not lead to a trusted root (or, if a validation callback is
    /// set, one that the callback refuses).
    /// </summary>
    Required = 1,

    /// <summary>
    /// The server asks; a client may have no certificate, but one that is sent must lead to a trusted root. If a validation callback is set, it
    /// decides in both cases.
    /// </summary>
    Optional = 2,
}
