namespace S2nTls;

/// <summary>How many KeyUpdate messages (RFC 8446 §4.6.3) a connection has seen, each modulo 256: that is how s2n counts.</summary>
public readonly record struct S2nKeyUpdateCounts
{
    /// <summary>Those that this side has sent: how often its own keys have changed.</summary>
    public int Sent { get; init; }

    /// <summary>Those that the peer has sent: how often the peer's keys have changed.</summary>
    public int Received { get; init; }
}
