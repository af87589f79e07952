namespace S2nTls.Engine;

/// <summary>Ciphertext that s2n has produced and that is still to be sent. It always accepts what is appended. Used by one writer at a time.</summary>
internal abstract class OutboundCiphertext
{
    /// <summary>Whether there is nothing to send.</summary>
    internal abstract bool IsEmpty { get; }

    /// <summary>Announces roughly how many bytes will be appended.</summary>
    internal virtual void Reserve(int count) { }

    /// <summary>Appends a copy of the bytes.</summary>
    internal abstract void Append(ReadOnlySpan<byte> ciphertext);
}
