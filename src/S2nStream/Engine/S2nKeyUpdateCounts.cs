namespace S2nTls;

/// <summary>How many KeyUpdate messages (RFC 8446 §4.6.3) a connection has sent and received, each modulo 256, as s2n counts them.</summary>
public readonly record struct S2nKeyUpdateCounts
{
    /// <summary>How many this side has sent: how often its own keys have changed.</summary>
    public int Sent { get; init; }

    /// <summary>How many the peer has sent: how often the peer's keys have changed.</summary>
    public int Received { get; init; }
}
