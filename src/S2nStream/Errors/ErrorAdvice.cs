namespace S2nTls.Errors;

/// <summary>What an s2n error usually means, and what to do. docs/errors.md has the same as a table.</summary>
/// <param name="Meaning">What happened, in one sentence.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record ErrorAdvice(string Meaning, string Remedy)
{
    /// <summary>For the errors that occur in practice.</summary>
    internal static IReadOnlyDictionary<string, ErrorAdvice> ByError { get; } = new Dictionary<string, ErrorAdvice>
    {
        ["S2N_ERR_CLOSED"] = new(
            "The transport ended without the peer's close_notify: data may have been cut off (RFC 8446 §6.1).",
            "Treat the received data as incomplete. For peers known to end like this, set IgnoreUnexpectedEof."),
        ["S2N_ERR_ALERT"] = new(
            "The peer refused; the alert says why.",
            "docs/errors.md lists the alerts; the peer's log has more detail."),
        ["S2N_ERR_DECRYPT"] = new(
            "A record does not decrypt: it was changed in transit, or belongs to another connection.",
            "Look for what changes bytes between the peers; if the peer is yours, for a write that was torn or sent twice."),
        ["S2N_ERR_ENCRYPT"] = new(
            "Nothing more can be encrypted on this connection.",
            "Open a new one."),
        ["S2N_ERR_BAD_MESSAGE"] = new(
            "The peer sent something that TLS does not allow here.",
            "Check that it speaks TLS on this port, and which versions; otherwise it is a bug in the peer, or an attack."),
        ["S2N_ERR_CIPHER_NOT_SUPPORTED"] = new(
            "The security policies of the two peers have no cipher suite in common.",
            "Compare the two lists; this side's is S2nSecurityPolicy.CipherSuites."),
        ["S2N_ERR_PROTOCOL_VERSION_UNSUPPORTED"] = new(
            "The security policies of the two peers have no protocol version in common.",
            "Let the peer use TLS 1.2 or 1.3; this side's versions are in S2nSecurityPolicy.Protocols."),
        ["S2N_ERR_NO_APPLICATION_PROTOCOL"] = new(
            "The ALPN lists of the two peers have nothing in common.",
            "Compare ApplicationProtocols with what the peer offers."),
        ["S2N_ERR_FALLBACK_DETECTED"] = new(
            "The client fell back to an older version, although this side supports a newer one (RFC 7507).",
            "Let the client offer all of its versions; otherwise someone on the path has forced it."),
        ["S2N_ERR_PROTOCOL_DOWNGRADE_DETECTED"] = new(
            "The server supports a newer version than the one negotiated (RFC 8446 §4.1.3): someone on the path has forced an older one.",
            "Look for a middlebox, or an attacker, between the peers."),
        ["S2N_ERR_CERT_UNTRUSTED"] = new(
            "The peer's chain leads to none of the trusted roots, as with a self-signed certificate or a missing intermediate; or it breaks a limit that one of its authorities sets: a path length, name constraints, or that it is not an authority.",
            "Trust the right root (in TrustedRoots or the system's), or let the peer send its intermediates; `openssl verify` says which limit is broken."),
        ["S2N_ERR_CERT_EXPIRED"] = new(
            "A certificate in the peer's chain has expired.",
            "Renew the certificate, or check this machine's clock."),
        ["S2N_ERR_CERT_NOT_YET_VALID"] = new(
            "A certificate in the peer's chain is not valid yet.",
            "Check this machine's clock, and the certificate's dates."),
        ["S2N_ERR_CERT_INVALID_HOSTNAME"] = new(
            "The certificate was not issued for the target host.",
            "Connect to a name that the certificate contains, or pass that name as the target host."),
        ["S2N_ERR_CERT_REVOKED"] = new(
            "The peer's certificate has been revoked.",
            "Do not trust the peer until it has another."),
        ["S2N_ERR_CRL_LOOKUP_FAILED"] = new(
            "For a certificate in the peer's chain there is no list of revoked certificates (CRL), or none signed with its issuer's key; or the lookup failed.",
            "Put a current list of every authority in the chain into RevocationLists."),
        ["S2N_ERR_CRL_EXPIRED"] = new(
            "The list of revoked certificates (CRL) is older than its issuer allows.",
            "Get the next list, or check this machine's clock."),
        ["S2N_ERR_CRL_NOT_YET_VALID"] = new(
            "The list of revoked certificates (CRL) is dated in the future.",
            "Check this machine's clock, and the source of the list."),
        ["S2N_ERR_CRL_SIGNATURE"] = new(
            "The list of revoked certificates (CRL) was not signed by the authority that it names, or was changed.",
            "Download it again, from the authority itself."),
        ["S2N_ERR_INVALID_OCSP_RESPONSE"] = new(
            "The server's stapled OCSP response cannot be read, or a required one is missing.",
            "Let the server staple a current one; otherwise set OcspStapling to Request or None."),
        ["S2N_ERR_CERT_INVALID"] = new(
            "A certificate in the peer's chain is malformed, or breaks its issuer's constraints.",
            "Check the chain with `openssl verify -x509_strict`."),
        ["S2N_ERR_CERT_INTENT_INVALID"] = new(
            "The certificate was issued for another purpose: its key usage or extended key usage does not allow this one.",
            "Let the peer use a certificate for servers (serverAuth), or for clients (clientAuth)."),
        ["S2N_ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED"] = new(
            "The peer's chain is longer than seven certificates.",
            "Let the peer send only its own certificate and those between it and the root."),
        ["S2N_ERR_CERT_REJECTED"] = new(
            "The application's validation refused the certificate.",
            "The message says what the callback or the chain policy found."),
        ["S2N_ERR_CERT_UNHANDLED_CRITICAL_EXTENSION"] = new(
            "A certificate has a critical extension that this side does not know, so it must be refused (RFC 5280 §4.2).",
            "Have it issued without that extension."),
        ["S2N_ERR_CERT_TYPE_UNSUPPORTED"] = new(
            "The certificate's key is of a type that s2n does not support.",
            "Use RSA, ECDSA or ML-DSA."),
        ["S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT"] = new(
            "The certificate's key or signature is not allowed by the security policy.",
            "Have it issued with a larger key or a newer signature, or choose another policy."),
        ["S2N_ERR_MISSING_CLIENT_CERT"] = new(
            "The server requires a client certificate, and the client sent none.",
            "Give the client a certificate, or make it optional."),
        ["S2N_ERR_NO_VALID_SIGNATURE_SCHEME"] = new(
            "The certificate's key suits no signature scheme that both peers allow.",
            "Use a certificate with another kind of key, or a policy that allows its schemes."),
        ["S2N_ERR_INVALID_SIGNATURE_SCHEME"] = new(
            "The peer signed with a scheme that was not offered.",
            "A bug in the peer."),
        ["S2N_ERR_VERIFY_SIGNATURE"] = new(
            "The peer's signature in the handshake does not verify: it does not have the certificate's private key, or bytes were changed in transit.",
            "Check the peer's key, and what is between the peers."),
        ["S2N_ERR_ECDHE_UNSUPPORTED_CURVE"] = new(
            "The two peers have no key-exchange group in common.",
            "Compare the groups; this side's are in S2nSecurityPolicy.KeyExchangeGroups."),
        ["S2N_ERR_INVALID_SUPPORTED_GROUP_STATE"] = new(
            "The two peers have no key-exchange group in common; this is how an s2n server reports it on TLS 1.3.",
            "Compare the groups; this side's are in S2nSecurityPolicy.KeyExchangeGroups."),
        ["S2N_ERR_BAD_KEY_SHARE"] = new(
            "The peer's key share is malformed.",
            "A bug in the peer, or an attack."),
        ["S2N_ERR_RECORD_LENGTH_TOO_LARGE"] = new(
            "A record is longer than TLS allows (RFC 8446 §5.2).",
            "Check that the peer speaks TLS; otherwise it is a bug in the peer, or an attack."),
        ["S2N_ERR_MISSING_EXTENSION"] = new(
            "The peer left out a mandatory extension.",
            "A bug in the peer."),
        ["S2N_ERR_UNSUPPORTED_EXTENSION"] = new(
            "The peer answered with an extension that was not offered, or in a place where it is not allowed.",
            "A bug in the peer."),
        ["S2N_ERR_DUPLICATE_EXTENSION"] = new(
            "The peer sent an extension twice (RFC 8446 §4.2).",
            "A bug in the peer."),
        ["S2N_ERR_DECODE_CERTIFICATE"] = new(
            "The certificate cannot be read.",
            "Check that the file is PEM and complete."),
        ["S2N_ERR_DECODE_PRIVATE_KEY"] = new(
            "The private key cannot be read: it is not a private key, or it is encrypted and the password is missing or wrong.",
            "Provide it in PEM: PKCS#8, PKCS#1 or SEC 1; or encrypted PKCS#8 (`openssl pkcs8 -topk8`) with its password."),
        ["S2N_ERR_NO_CERTIFICATE_IN_PEM"] = new(
            "The PEM contains no certificate.",
            "Use the file that contains `-----BEGIN CERTIFICATE-----`."),
        ["S2N_ERR_INVALID_PEM"] = new(
            "The PEM is malformed, or contains no private key.",
            "Check that the file is complete, and the right one."),
        ["S2N_ERR_KEY_MISMATCH"] = new(
            "The private key belongs to another certificate.",
            "Use the two files that belong together."),
        ["S2N_ERR_NO_PRIVATE_KEY"] = new(
            "There is a certificate, but no private key for it.",
            "Provide its key, or an object that signs."),
        ["S2N_ERR_INVALID_SECURITY_POLICY"] = new(
            "s2n knows no security policy with that name.",
            "Use a name from docs/security-policies.md."),
        ["S2N_ERR_CANCELLED"] = new(
            "A callback ended the handshake.",
            "The message or the inner exception says which and why."),
        ["S2N_ERR_ASYNC_CALLBACK_FAILED"] = new(
            "The private key outside s2n did not sign.",
            "The inner exception says why."),
        ["S2N_ERR_KEYING_MATERIAL_EXPIRED"] = new(
            "The session is older than its tickets' lifetime.",
            "Open a new connection, with a full handshake."),
        ["S2N_ERR_MAX_EARLY_DATA_SIZE"] = new(
            "The client sent more early data than its ticket or key allows.",
            "A bug in the peer, or an attack; S2nEarlyDataOptions.MaxSize is the limit."),
        ["S2N_ERR_RECORD_LIMIT"] = new(
            "The cipher's limit on the number of records was reached.",
            "Open a new connection; on TLS 1.3 this does not happen."),
        ["S2N_ERR_MLOCK"] = new(
            "The system does not let s2n lock more memory.",
            "Raise the limit (`ulimit -l`), or leave S2nStream.LockMemory off."),
        ["S2N_ERR_ALLOC"] = new(
            "There is no memory left.",
            "Find out what uses it."),
        ["S2N_ERR_NOMEM"] = new(
            "There is no memory left.",
            "Find out what uses it."),
    };

    /// <summary>For all other errors.</summary>
    internal static IReadOnlyDictionary<S2nErrorType, ErrorAdvice> ByType { get; } = new Dictionary<S2nErrorType, ErrorAdvice>
    {
        [S2nErrorType.Closed] = new(
            "The connection is over.",
            "Open a new one."),
        [S2nErrorType.Alert] = new(
            "The peer refused; the alert says why.",
            "docs/errors.md lists the alerts; the peer's log has more detail."),
        [S2nErrorType.Protocol] = new(
            "The peer sent something that TLS does not allow here: a bug in the peer, data that was changed in transit, or an attack.",
            "Try another client or server with the same peer; if s2n is at fault, report it with DebugInfo."),
        [S2nErrorType.Internal] = new(
            "s2n has no specific error for this: mostly malformed input, or a bug in s2n.",
            "Check that the peer speaks TLS; if the peer is correct, report it with DebugInfo."),
        [S2nErrorType.Usage] = new(
            "s2n was asked for something that it cannot do.",
            "Compare the options with the certificate, the key and the security policy; report it with DebugInfo if they are right."),
        [S2nErrorType.IO] = new(
            "The transport failed.",
            "Check the network and the inner stream's exception."),
    };

    internal static ErrorAdvice For(string error, S2nErrorType type) =>
        ByError.TryGetValue(error, out ErrorAdvice? advice) ? advice : ByType.GetValueOrDefault(type, ByType[S2nErrorType.Internal]);

    public override string ToString() => $"{Meaning} {Remedy}";
}
