namespace S2nTls.Engine.Handshake;

/// <summary>How far a handshake has come. Errors are thrown.</summary>
internal enum HandshakeStatus
{
    /// <summary>It is over, and the connection begins.</summary>
    Done,

    /// <summary>It goes on once more ciphertext has been put into the inbound buffer, or its end.</summary>
    NeedsCiphertext,

    /// <summary>It goes on once the application has answered (<see cref="TlsHandshake.Question"/>).</summary>
    Asks,
}
