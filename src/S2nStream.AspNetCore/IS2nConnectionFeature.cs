namespace S2nTls.AspNetCore;

/// <summary>
/// What s2n-tls knows about a connection beyond <c>ITlsHandshakeFeature</c> and <c>ITlsConnectionFeature</c>. Get it from the features of the
/// connection or of any of its requests.
/// </summary>
public interface IS2nConnectionFeature
{
    /// <summary>
    /// The connection itself: for key updates, exported keying material, channel bindings. Its data belongs to the server: do not read, write or
    /// dispose the stream. Available for as long as the connection lives.
    /// </summary>
    public S2nStream Stream { get; }

    /// <summary>The key-exchange group, such as <c>X25519MLKEM768</c>; see <see cref="S2nStream.KeyExchangeGroup"/>.</summary>
    public TlsNamedGroup? KeyExchangeGroup { get; }

    /// <summary>Whether the handshake resumed an earlier session.</summary>
    public bool IsSessionResumed { get; }

    /// <summary>What the handshake consisted of; see <see cref="S2nStream.HandshakeTypes"/>.</summary>
    public S2nHandshakeTypes HandshakeTypes { get; }
}
