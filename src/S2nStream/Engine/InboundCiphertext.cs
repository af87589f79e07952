namespace S2nTls.Engine;

/// <summary>Ciphertext that has arrived and that s2n has not consumed yet. Used by one reader at a time.</summary>
internal abstract class InboundCiphertext
{
    /// <summary>Whether there is nothing to take now.</summary>
    internal abstract bool IsEmpty { get; }

    /// <summary>The first byte, if there is one: between records, the content type of the next record.</summary>
    internal abstract byte First { get; }

    /// <summary>Whether the transport has ended: after the rest, nothing follows.</summary>
    internal bool IsCompleted { get; private set; }

    /// <summary>Moves out up to the length of <paramref name="destination"/>.</summary>
    /// <returns>How many bytes; 0 if there is nothing to take now.</returns>
    internal abstract int Take(Span<byte> destination);

    /// <summary>Returns memory that holds nothing. Called when a read ends.</summary>
    internal abstract void ReleaseIfEmpty();

    /// <summary>Records the transport's end.</summary>
    internal void Complete() => IsCompleted = true;
}
