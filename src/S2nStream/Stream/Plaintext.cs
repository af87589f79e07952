using System.Buffers;
using S2nTls.Engine;

namespace S2nTls;

/// <summary>What a write still has to encrypt. A type parameter, so that one loop serves one piece and many, and costs neither a call.</summary>
internal interface IPlaintext
{
    public bool IsEmpty { get; }

    /// <summary>Encrypts the beginning, of at most <paramref name="most"/> bytes, and drops it.</summary>
    public void Encrypt(TlsConnection connection, int most);
}

internal struct OnePiece(ReadOnlyMemory<byte> memory) : IPlaintext
{
    public readonly bool IsEmpty => memory.IsEmpty;

    public void Encrypt(TlsConnection connection, int most)
    {
        int size = Math.Min(memory.Length, most);
        connection.Encrypt(memory.Span[..size]);
        memory = memory[size..];
    }
}

internal struct Pieces(ReadOnlySequence<byte> sequence) : IPlaintext
{
    public readonly bool IsEmpty => sequence.IsEmpty;

    public void Encrypt(TlsConnection connection, int most)
    {
        long size = Math.Min(sequence.Length, most);
        connection.Encrypt(sequence.Slice(0, size));
        sequence = sequence.Slice(size);
    }
}
