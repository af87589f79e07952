namespace S2nTls;

/// <summary>
/// What a handshake consisted of: the flags of s2n's <c>handshake_type</c> (<c>s2n_connection_get_handshake_type_name</c>), which determine its
/// messages.
/// </summary>
[Flags]
public enum S2nHandshakeTypes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Both sides agreed on parameters (<c>NEGOTIATED</c>). Set for every successful handshake.</summary>
    Negotiated = 1,

    /// <summary>Neither a resumption nor a pre-shared key (<c>FULL_HANDSHAKE</c>).</summary>
    FullHandshake = 1 << 1,

    /// <summary>The server asked for the client's certificate (<c>CLIENT_AUTH</c>).</summary>
    ClientAuthentication = 1 << 2,

    /// <summary>The server asked, and the client sent none (<c>NO_CLIENT_CERT</c>).</summary>
    NoClientCertificate = 1 << 3,

    /// <summary>TLS 1.2: the key exchange was (EC)DHE (<c>TLS12_PERFECT_FORWARD_SECRECY</c>). In TLS 1.3 it always is.</summary>
    Tls12ForwardSecrecy = 1 << 4,

    /// <summary>TLS 1.2: the server sent an OCSP response (<c>OCSP_STATUS</c>).</summary>
    OcspStatus = 1 << 5,

    /// <summary>TLS 1.2: the server issued a ticket (<c>WITH_SESSION_TICKET</c>).</summary>
    SessionTicket = 1 << 6,

    /// <summary>TLS 1.3: the server asked for another key share, which costs a round trip (<c>HELLO_RETRY_REQUEST</c>; RFC 8446 §4.1.4).</summary>
    HelloRetryRequest = 1 << 7,

    /// <summary>TLS 1.3: made to look like TLS 1.2, for middleboxes (<c>MIDDLEBOX_COMPAT</c>; RFC 8446 §D.4).</summary>
    MiddleboxCompatibility = 1 << 8,

    /// <summary>TLS 1.3: early data was accepted (<c>WITH_EARLY_DATA</c>).</summary>
    EarlyData = 1 << 9,

    /// <summary>TLS 1.3: the client sent its change_cipher_spec before the server's hello (<c>EARLY_CLIENT_CCS</c>).</summary>
    EarlyChangeCipherSpec = 1 << 10,
}
