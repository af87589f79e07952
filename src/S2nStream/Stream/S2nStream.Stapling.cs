namespace S2nTls;

public partial class S2nStream
{
    /// <summary>
    /// The OCSP response, in DER, that the server sent with its certificate when asked for it (<see cref="S2nClientOptions.OcspStapling"/>,
    /// <c>s2n_connection_get_ocsp_response</c>). s2n has verified it. Empty if none came, in a resumed session, and on a server.
    /// </summary>
    /// <inheritdoc cref="IsSessionResumed" path="/exception"/>
    public ReadOnlyMemory<byte> OcspResponse => Authenticated().OcspResponse;

    /// <summary>
    /// The SignedCertificateTimestampList (RFC 6962 §3.3) that the server sent when asked for it
    /// (<see cref="S2nClientOptions.RequestSignedCertificateTimestamps"/>, <c>s2n_connection_get_sct_list</c>). <b>It is not verified</b>: s2n
    /// does not know the logs. Empty if none came, in a resumed session, and on a server.
    /// </summary>
    /// <inheritdoc cref="IsSessionResumed" path="/exception"/>
    public ReadOnlyMemory<byte> SignedCertificateTimestamps => Authenticated().SignedCertificateTimestamps;

    /// <summary>Whether an OCSP response was sent in the handshake, by this side as a server or by the peer (<c>s2n_connection_is_ocsp_stapled</c>).</summary>
    /// <inheritdoc cref="IsSessionResumed" path="/exception"/>
    public bool IsOcspStapled => Authenticated().IsOcspStapled;
}
