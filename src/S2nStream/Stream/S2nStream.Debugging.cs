namespace S2nTls;

/// <summary>What helps to find out what a connection does. After a failed handshake see <see cref="S2nException.LastHandshakeMessage"/>.</summary>
public partial class S2nStream
{
    /// <summary>How many bytes have been taken from the inner stream by TLS, handshake included (<c>s2n_connection_get_wire_bytes_in</c>). What is received and not decrypted yet does not count.</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public long WireBytesReceived => Authenticated().WireBytesReceived;

    /// <summary>How many bytes TLS has made for the inner stream, handshake included (<c>s2n_connection_get_wire_bytes_out</c>).</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public long WireBytesSent => Authenticated().WireBytesSent;

    /// <summary>
    /// What the handshake consisted of, such as a HelloRetryRequest: <c>Negotiated, FullHandshake, MiddleboxCompatibility</c>
    /// (<c>s2n_connection_get_handshake_type_name</c>).
    /// </summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public S2nHandshakeTypes HandshakeTypes => Authenticated().HandshakeTypes;
}
