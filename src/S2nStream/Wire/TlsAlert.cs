namespace S2nTls;

/// <summary>The alerts of TLS (RFC 8446 §6, RFC 5246 §7.2, and the extensions that added to them). A peer may send values that have no name here.</summary>
public enum TlsAlert
{
    /// <summary>The sender will send nothing more.</summary>
    CloseNotify = 0,
    /// <summary>An inappropriate message was received.</summary>
    UnexpectedMessage = 10,
    /// <summary>A record could not be authenticated.</summary>
    BadRecordMac = 20,
    /// <summary>Obsolete (TLS 1.0).</summary>
    DecryptionFailed = 21,
    /// <summary>A record was longer than allowed.</summary>
    RecordOverflow = 22,
    /// <summary>Obsolete (TLS 1.2 and before).</summary>
    DecompressionFailure = 30,
    /// <summary>No acceptable set of security parameters.</summary>
    HandshakeFailure = 40,
    /// <summary>Obsolete (SSL 3.0).</summary>
    NoCertificate = 41,
    /// <summary>A certificate was corrupt or its signature did not verify.</summary>
    BadCertificate = 42,
    /// <summary>A certificate was of an unsupported type.</summary>
    UnsupportedCertificate = 43,
    /// <summary>A certificate was revoked.</summary>
    CertificateRevoked = 44,
    /// <summary>A certificate has expired or is not valid now.</summary>
    CertificateExpired = 45,
    /// <summary>Some other problem with a certificate.</summary>
    CertificateUnknown = 46,
    /// <summary>A field was out of range or inconsistent.</summary>
    IllegalParameter = 47,
    /// <summary>The certificate's authority is not known or not trusted.</summary>
    UnknownCA = 48,
    /// <summary>The certificate is valid, but access is not granted.</summary>
    AccessDenied = 49,
    /// <summary>A message could not be decoded.</summary>
    DecodeError = 50,
    /// <summary>A handshake's cryptographic operation failed.</summary>
    DecryptError = 51,
    /// <summary>Obsolete (TLS 1.0).</summary>
    ExportRestriction = 60,
    /// <summary>The protocol version is recognized but not supported.</summary>
    ProtocolVersion = 70,
    /// <summary>The server requires more secure parameters than the client supports.</summary>
    InsufficientSecurity = 71,
    /// <summary>An internal error that has nothing to do with the peer.</summary>
    InternalError = 80,
    /// <summary>An invalid connection retry (RFC 7507).</summary>
    InappropriateFallback = 86,
    /// <summary>The handshake is cancelled for a reason that is not a failure of the protocol.</summary>
    UserCanceled = 90,
    /// <summary>Renegotiation is refused (TLS 1.2 and before).</summary>
    NoRenegotiation = 100,
    /// <summary>A mandatory extension is missing.</summary>
    MissingExtension = 109,
    /// <summary>An extension is not allowed where it was sent.</summary>
    UnsupportedExtension = 110,
    /// <summary>Obsolete (RFC 6066).</summary>
    CertificateUnobtainable = 111,
    /// <summary>No server goes by the name that was asked for (RFC 6066).</summary>
    UnrecognizedName = 112,
    /// <summary>The stapled OCSP response is invalid (RFC 6066).</summary>
    BadCertificateStatusResponse = 113,
    /// <summary>Obsolete (RFC 6066).</summary>
    BadCertificateHashValue = 114,
    /// <summary>The pre-shared key's identity is not known.</summary>
    UnknownPskIdentity = 115,
    /// <summary>A client certificate is required.</summary>
    CertificateRequired = 116,
    /// <summary>The two sides have no application protocol in common (RFC 7301).</summary>
    NoApplicationProtocol = 120,
}
