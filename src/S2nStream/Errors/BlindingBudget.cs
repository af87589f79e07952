namespace S2nTls.Errors;

/// <summary>Which errors compete for the memory that blinding takes: those of peers that have proved the same.</summary>
internal enum BlindingBudget
{
    /// <summary>The handshake is not over: anyone can cause such an error with a few bytes.</summary>
    Handshake,

    /// <summary>A client without a certificate or pre-shared key: also anyone, but at the cost of a handshake.</summary>
    Anonymous,

    /// <summary>The peer has proved its identity.</summary>
    Identified,
}
