namespace S2nTls;

/// <content>Diagnostics of a connection. After a failed handshake, see <see cref="S2nException.LastHandshakeMessage"/>.</content>
public partial class S2nStream
{
    /// <summary>How many bytes TLS has consumed from the inner stream, including the handshake (<c>s2n_connection_get_wire_bytes_in</c>). Received bytes that are not decrypted yet do not count.</summary>
    /// <inheritdoc cref="IsSessionResumed" path="/exception"/>
    public long WireBytesReceived => Authenticated().WireBytesReceived;

    /// <summary>How many bytes TLS has produced for the inner stream, including the handshake (<c>s2n_connection_get_wire_bytes_out</c>).</summary>
    /// <inheritdoc cref="IsSessionResumed" path="/exception"/>
    public long WireBytesSent => Authenticated().WireBytesSent;

    /// <summary>
    /// What the handshake consisted of, such as a HelloRetryRequest: <c>Negotiated, FullHandshake, MiddleboxCompatibility</c>
    /// (<c>s2n_connection_get_handshake_type_name</c>).
    /// </summary>
    /// <inheritdoc cref="IsSessionResumed" path="/exception"/>
    public S2nHandshakeTypes HandshakeTypes => Authenticated().HandshakeTypes;
}
