namespace S2nTls.Engine;

/// <summary>What a call that decrypts has come to. Errors are thrown.</summary>
internal enum DecryptStatus
{
    /// <summary>There is data.</summary>
    Done,

    /// <summary>It goes on once more ciphertext has been put into the inbound buffer, or its end.</summary>
    NeedsCiphertext,

    /// <summary>The peer has ended its side: there is no more data, and there never will be.</summary>
    Closed,
}
