using System.Collections.Frozen;

namespace S2nTls.Errors;

/// <summary>
/// The errors that refuse a peer's certificate, and the alerts that report them (RFC 8446 §6.2). Each depends only on the certificates, the
/// settings and the lists of revoked certificates, which are all public: how long the verdict took reveals nothing, so it need not be blinded.
/// </summary>
/// <remarks>
/// Errors about possession of the key (S2N_ERR_VERIFY_SIGNATURE), about decryption, and about a message that cannot be read (S2N_ERR_BAD_MESSAGE)
/// are not among them.
/// </remarks>
internal static class CertificateAlerts
{
    private static readonly FrozenDictionary<string, TlsAlert> s_alerts = new Dictionary<string, TlsAlert>
    {
        ["S2N_ERR_CERT_UNTRUSTED"] = TlsAlert.UnknownCA,
        ["S2N_ERR_CERT_EXPIRED"] = TlsAlert.CertificateExpired,
        ["S2N_ERR_CERT_NOT_YET_VALID"] = TlsAlert.CertificateExpired,
        ["S2N_ERR_CERT_REVOKED"] = TlsAlert.CertificateRevoked,
        ["S2N_ERR_CERT_INVALID_HOSTNAME"] = TlsAlert.BadCertificate,
        ["S2N_ERR_CERT_INVALID"] = TlsAlert.BadCertificate,
        ["S2N_ERR_DECODE_CERTIFICATE"] = TlsAlert.BadCertificate,
        ["S2N_ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED"] = TlsAlert.BadCertificate,
        ["S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT"] = TlsAlert.BadCertificate,
        ["S2N_ERR_CERT_INTENT_INVALID"] = TlsAlert.UnsupportedCertificate,
        ["S2N_ERR_CERT_TYPE_UNSUPPORTED"] = TlsAlert.UnsupportedCertificate,
        ["S2N_ERR_CERT_UNHANDLED_CRITICAL_EXTENSION"] = TlsAlert.CertificateUnknown,
        ["S2N_ERR_CERT_REJECTED"] = TlsAlert.AccessDenied,
        ["S2N_ERR_CRL_LOOKUP_FAILED"] = TlsAlert.CertificateUnknown,
        ["S2N_ERR_CRL_SIGNATURE"] = TlsAlert.CertificateUnknown,
        ["S2N_ERR_CRL_ISSUER"] = TlsAlert.CertificateUnknown,
        ["S2N_ERR_CRL_UNHANDLED_CRITICAL_EXTENSION"] = TlsAlert.CertificateUnknown,
        ["S2N_ERR_CRL_INVALID_THIS_UPDATE"] = TlsAlert.CertificateUnknown,
        ["S2N_ERR_CRL_INVALID_NEXT_UPDATE"] = TlsAlert.CertificateUnknown,
        ["S2N_ERR_CRL_NOT_YET_VALID"] = TlsAlert.CertificateUnknown,
        ["S2N_ERR_CRL_EXPIRED"] = TlsAlert.CertificateUnknown,
        ["S2N_ERR_INVALID_OCSP_RESPONSE"] = TlsAlert.BadCertificateStatusResponse,

        // TLS 1.3 has certificate_required for it, but this library sends its own alerts only on TLS 1.2 (RFC 5246 §7.4.6).
        ["S2N_ERR_MISSING_CLIENT_CERT"] = TlsAlert.HandshakeFailure,
    }.ToFrozenDictionary();

    /// <summary>The alerts by s2n's error names.</summary>
    internal static IReadOnlyDictionary<string, TlsAlert> ByError => s_alerts;

    /// <returns>Null if the error is not a verdict on a certificate.</returns>
    internal static TlsAlert? Find(string error) => s_alerts.TryGetValue(error, out TlsAlert alert) ? alert : null;
}
