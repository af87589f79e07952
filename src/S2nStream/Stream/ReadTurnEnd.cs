namespace S2nTls;

/// <summary>Where a reader was when the read side was closed for ever (<see cref="ReadTurn.Close"/>).</summary>
internal enum ReadTurnEnd
{
    /// <summary>Nowhere: the read side is the closer's at once.</summary>
    WasFree,

    /// <summary>It waits for the transport, which may be filling memory of the read side, and goes away when that lets it go.</summary>
    WasParked,

    /// <summary>It is in the application's code, or waits for it. The read side is the closer's at once; so is the write side, in a handshake.</summary>
    WasAsking,

    /// <summary>Somebody is computing, and goes away on his own: <see cref="ReadTurn.Left"/> tells when.</summary>
    IsLeaving,

    /// <summary>The same, and beside it a reader waits for the transport.</summary>
    IsLeavingParked,
}
