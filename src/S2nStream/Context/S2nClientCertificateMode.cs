namespace S2nTls;

/// <summary>Whether a server asks for a client certificate (<c>s2n_cert_auth_type</c>).</summary>
public enum S2nClientCertificateMode
{
    /// <summary>It does not ask.</summary>
    None = 0,

    /// <summary>
    /// It asks, and refuses clients without one, or with one that does not lead to a trusted root (where a
    /// validation callback is set, with one that the callback refuses).
    /// </summary>
    Required = 1,

    /// <summary>
    /// It asks; a client may have none, but one that is sent must lead to a trusted root. Where a validation
    /// callback is set, it decides on both.
    /// </summary>
    Optional = 2,
}
