namespace S2nTls.Engine;

/// <summary>
/// Translates what s2n reports about a handshake only by name into the registries' numbers. s2n's names are IANA's, except for TLS 1.2 schemes,
/// which have no curve there. A name from a newer s2n that this library does not know gives null: a wrong number would be worse.
/// </summary>
internal static class NegotiatedNames
{
    internal static TlsNamedGroup? NamedGroup(string? name) => name switch
    {
        "secp256r1" => TlsNamedGroup.Secp256R1,
        "secp384r1" => TlsNamedGroup.Secp384R1,
        "secp521r1" => TlsNamedGroup.Secp521R1,
        "x25519" => TlsNamedGroup.X25519,
        "MLKEM512" => TlsNamedGroup.MLKEM512,
        "MLKEM768" => TlsNamedGroup.MLKEM768,
        "MLKEM1024" => TlsNamedGroup.MLKEM1024,
        "SecP256r1MLKEM768" => TlsNamedGroup.SecP256R1MLKEM768,
        "X25519MLKEM768" => TlsNamedGroup.X25519MLKEM768,
        "SecP384r1MLKEM1024" => TlsNamedGroup.SecP384R1MLKEM1024,
        _ => null,
    };

    internal static TlsSignatureScheme? SignatureScheme(string? name) => name switch
    {
        "rsa_pkcs1_sha1" => TlsSignatureScheme.RsaPkcs1Sha1,
        "ecdsa_sha1" => TlsSignatureScheme.EcdsaSha1,
        "legacy_rsa_sha224" => TlsSignatureScheme.RsaPkcs1Sha224,
        "legacy_ecdsa_sha224" => TlsSignatureScheme.EcdsaSha224,
        "rsa_pkcs1_sha256" => TlsSignatureScheme.RsaPkcs1Sha256,
        "ecdsa_secp256r1_sha256" or "legacy_ecdsa_sha256" or "ecdsa_sha256" => TlsSignatureScheme.EcdsaSecp256R1Sha256,
        "rsa_pkcs1_sha384" => TlsSignatureScheme.RsaPkcs1Sha384,
        "ecdsa_secp384r1_sha384" or "legacy_ecdsa_sha384" or "ecdsa_sha384" => TlsSignatureScheme.EcdsaSecp384R1Sha384,
        "rsa_pkcs1_sha512" => TlsSignatureScheme.RsaPkcs1Sha512,
        "ecdsa_secp521r1_sha512" or "legacy_ecdsa_sha512" or "ecdsa_sha512" => TlsSignatureScheme.EcdsaSecp521R1Sha512,
        "rsa_pss_rsae_sha256" => TlsSignatureScheme.RsaPssRsaeSha256,
        "rsa_pss_rsae_sha384" => TlsSignatureScheme.RsaPssRsaeSha384,
        "rsa_pss_rsae_sha512" => TlsSignatureScheme.RsaPssRsaeSha512,
        "rsa_pss_pss_sha256" => TlsSignatureScheme.RsaPssPssSha256,
        "rsa_pss_pss_sha384" => TlsSignatureScheme.RsaPssPssSha384,
        "rsa_pss_pss_sha512" => TlsSignatureScheme.RsaPssPssSha512,
        "mldsa44" => TlsSignatureScheme.MLDsa44,
        "mldsa65" => TlsSignatureScheme.MLDsa65,
        "mldsa87" => TlsSignatureScheme.MLDsa87,
        _ => null,
    };

    /// <summary>Parses names separated by <c>|</c>, as s2n writes them.</summary>
    internal static S2nHandshakeTypes HandshakeTypes(string names)
    {
        var types = S2nHandshakeTypes.None;
        foreach (Range name in names.AsSpan().Split('|'))
        {
            types |= names.AsSpan(name) switch
            {
                "NEGOTIATED" => S2nHandshakeTypes.Negotiated,
                "FULL_HANDSHAKE" => S2nHandshakeTypes.FullHandshake,
                "CLIENT_AUTH" => S2nHandshakeTypes.ClientAuthentication,
                "NO_CLIENT_CERT" => S2nHandshakeTypes.NoClientCertificate,
                "TLS12_PERFECT_FORWARD_SECRECY" => S2nHandshakeTypes.Tls12ForwardSecrecy,
                "OCSP_STATUS" => S2nHandshakeTypes.OcspStatus,
                "WITH_SESSION_TICKET" => S2nHandshakeTypes.SessionTicket,
                "HELLO_RETRY_REQUEST" => S2nHandshakeTypes.HelloRetryRequest,
                "MIDDLEBOX_COMPAT" => S2nHandshakeTypes.MiddleboxCompatibility,
                "WITH_EARLY_DATA" => S2nHandshakeTypes.EarlyData,
                "EARLY_CLIENT_CCS" => S2nHandshakeTypes.EarlyChangeCipherSpec,
                _ => S2nHandshakeTypes.None,
            };
        }

        return types;
    }
}
