namespace S2nTls.Engine;

/// <summary>Ciphertext that s2n has made and that is still to be sent. It always takes what it is given. Used by one writer at a time.</summary>
internal abstract class OutboundCiphertext
{
    /// <summary>Whether there is nothing to send.</summary>
    internal abstract bool IsEmpty { get; }

    /// <summary>Announces about how many bytes will be appended.</summary>
    internal virtual void Reserve(int count) { }

    /// <summary>Takes the bytes; it copies them.</summary>
    internal abstract void Append(ReadOnlySpan<byte> ciphertext);
}
