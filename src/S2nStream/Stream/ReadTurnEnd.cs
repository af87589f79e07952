namespace S2nTls;

/// <summary>Where a reader was when the read side was permanently closed (<see cref="ReadTurn.Close"/>).</summary>
internal enum ReadTurnEnd
{
    /// <summary>Nowhere: the closer has the read side at once.</summary>
    WasFree,

    /// <summary>Waiting for the transport, which may be filling memory of the read side; it leaves when the transport releases it.</summary>
    WasParked,

    /// <summary>In application code, or waiting for it. The closer has the read side at once; in a handshake the write side too.</summary>
    WasAsking,

    /// <summary>A thread is computing, and leaves by itself: <see cref="ReadTurn.Left"/> tells when.</summary>
    IsLeaving,

    /// <summary>The same, and a reader also waits for the transport.</summary>
    IsLeavingParked,
}
