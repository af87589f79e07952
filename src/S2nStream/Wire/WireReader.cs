using System.Buffers.Binary;

namespace S2nTls.Wire;

/// <summary>
/// Reads TLS's presentation language (RFC 8446 §3): numbers in network order and length-prefixed vectors. Reading past the end yields nothing and
/// is remembered, so that callers check once.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether more was requested than there was.</summary>
    internal bool Failed { get; private set; }

    internal readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>How many bytes are left to read.</summary>
    internal readonly int Left => _rest.Length;

    internal int ReadNumber(int size)
    {
        ReadOnlySpan<byte> number = Read(size);
        return number.Length switch
        {
            1 => number[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(number),
            3 => (number[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(number[1..]),
            _ => 0,
        };
    }

    internal ReadOnlySpan<byte> ReadVector(int sizeOfLength) => Read(ReadNumber(sizeOfLength));

    /// <summary>Reads a vector and returns its range in this reader's original bytes: empty if the vector is incomplete.</summary>
    internal Range ReadVectorRange(int sizeOfLength)
    {
        int length = ReadVector(sizeOfLength).Length;
        return ^(Left + length)..^Left;
    }

    internal ReadOnlySpan<byte> Read(int count)
    {
        if (count > _rest.Length)
        {
            Failed = true;
            _rest = default;
            return default;
        }

        ReadOnlySpan<byte> read = _rest[..count];
        _rest = _rest[count..];
        return read;
    }
}
