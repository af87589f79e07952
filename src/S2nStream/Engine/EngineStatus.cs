namespace S2nTls.Engine;

/// <summary>What a call on the engine has come to. Errors are thrown.</summary>
internal enum EngineStatus
{
    /// <summary>The call did what it was asked.</summary>
    Done,

    /// <summary>It goes on once more ciphertext has been put into the inbound buffer, or its end.</summary>
    NeedsCiphertext,

    /// <summary>It goes on once the application has answered a callback.</summary>
    WaitsForApplication,

    /// <summary>The peer has ended its side: there is no more data, and there never will be.</summary>
    Closed,
}
