namespace S2nTls;

/// <summary>What a client does about OCSP responses that servers send in the handshake, "stapled" to their certificate (RFC 6066 §8).</summary>
public enum S2nOcspStapling
{
    /// <summary>Asks for none.</summary>
    None = 0,

    /// <summary>
    /// Asks for one. s2n verifies it (<c>s2n_config_set_check_stapled_ocsp_response</c>): the handshake ends if the certificate is revoked, or if the
    /// response is too old, signed neither by the issuer nor by a responder that it has authorized, or for another certificate. A server that sends
    /// none is accepted, unless its certificate requires it ("must-staple", RFC 7633).
    /// </summary>
    Request = 1,

    /// <summary>Like <see cref="Request"/>, but a server that sends none is refused.</summary>
    Require = 2,
}
