namespace S2nTls;

/// <summary>What a client does about OCSP responses that servers send in the handshake, "stapled" to their certificate (RFC 6066 §8).</summary>
public enum S2nOcspStapling
{
    /// <summary>It asks for none.</summary>
    None = 0,

    /// <summary>
    /// It asks for one. s2n verifies what comes (<c>s2n_config_set_check_stapled_ocsp_response</c>): a certificate that is revoked,
    /// and a response that is too old, not signed by the issuer or by whom the issuer has appointed, or about another
    /// certificate, end the handshake. A server that sends none is accepted, unless its certificate
    /// says that it must ("must-staple", RFC 7633).
    /// </summary>
    Request = 1,

    /// <summary>As <see cref="Request"/>, and a server that sends none is refused.</summary>
    Require = 2,
}
