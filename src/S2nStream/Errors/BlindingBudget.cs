namespace S2nTls.Errors;

/// <summary>Which errors compete for the memory that blinding takes: those of peers who have proved as much.</summary>
internal enum BlindingBudget
{
    /// <summary>The handshake is not over: anybody can cause such an error with a few bytes.</summary>
    Handshake,

    /// <summary>A client that has shown no certificate and used no pre-shared key: anybody again, but it has cost a handshake.</summary>
    Anonymous,

    /// <summary>The peer has proved who it is.</summary>
    Identified,
}
