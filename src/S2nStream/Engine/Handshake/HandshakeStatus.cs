namespace S2nTls.Engine.Handshake;

/// <summary>The state of a handshake. Errors are thrown.</summary>
internal enum HandshakeStatus
{
    /// <summary>The handshake is over, and the connection begins.</summary>
    Done,

    /// <summary>The handshake continues once the inbound buffer has more ciphertext, or its end.</summary>
    NeedsCiphertext,

    /// <summary>The handshake continues once the application has answered (<see cref="TlsHandshake.Question"/>).</summary>
    Asks,
}
