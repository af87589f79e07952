namespace S2nTls.Interop;

/// <summary>What an error of s2n usually means, and what to do: one sentence for those that people meet.</summary>
internal static class ErrorAdvice
{
    internal static string? For(string error) => error switch
    {
        "S2N_ERR_CLOSED" => "The transport ended without the peer's close_notify: data may have been cut off (RFC 8446 §6.1).",
        "S2N_ERR_CERT_UNTRUSTED" => "The peer's chain leads to none of the trusted roots; a self-signed certificate or a missing intermediate looks like this too.",
        "S2N_ERR_CERT_EXPIRED" => "Renew the certificate, or check this machine's clock.",
        "S2N_ERR_CERT_NOT_YET_VALID" => "Check this machine's clock.",
        "S2N_ERR_CERT_INVALID_HOSTNAME" => "The certificate was issued for other names than the target host.",
        "S2N_ERR_CIPHER_NOT_SUPPORTED" => "The security policies of the two peers have no cipher suite in common.",
        "S2N_ERR_PROTOCOL_VERSION_UNSUPPORTED" => "The security policies of the two peers have no protocol version in common.",
        "S2N_ERR_NO_APPLICATION_PROTOCOL" => "The ALPN lists of the two peers have nothing in common.",
        "S2N_ERR_MISSING_CLIENT_CERT" => "The server requires a client certificate, and the client sent none.",
        "S2N_ERR_NO_VALID_SIGNATURE_SCHEME" => "The certificate's key suits no signature scheme that both peers allow.",
        _ => null,
    };
}
