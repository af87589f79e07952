namespace S2nTls.Engine;

/// <summary>The result of a decrypting call. Errors are thrown.</summary>
internal enum DecryptStatus
{
    /// <summary>There is data.</summary>
    Done,

    /// <summary>Decryption continues once the inbound buffer has more ciphertext, or its end.</summary>
    NeedsCiphertext,

    /// <summary>The peer has ended its side: there is no more data, and there never will be.</summary>
    Closed,
}
