namespace S2nTls.Tests.Streams;

/// <summary>Changes the last byte of what is written: the last record no longer decrypts.</summary>
internal sealed class TamperingStream(Stream inner) : WrappedStream(inner)
{
    public bool Tampers { get; set; }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        byte[] copy = buffer.ToArray();
        copy[^1] ^= (byte)(Tampers ? 1 : 0);
        return base.WriteAsync(copy, cancellationToken);
    }
}
