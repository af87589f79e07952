using System.Buffers;

namespace S2nTls.Engine;

/// <summary>Outbound ciphertext in one pooled array, rented when the first bytes arrive and returned when all are sent.</summary>
internal sealed class OutboundBuffer : OutboundCiphertext
{
    private const int SmallestSize = 4 * 1024;

    private byte[]? _array;
    private int _length;

    internal override bool IsEmpty => _length == 0;

    internal ReadOnlyMemory<byte> Written => _array.AsMemory(0, _length);

    internal override void Reserve(int count)
    {
        int needed = checked(_length + count);
        if (_array is not null && needed <= _array.Length)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, SmallestSize));
        if (_array is not null)
        {
            _array.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
    }

    internal override void Append(ReadOnlySpan<byte> ciphertext)
    {
        Reserve(ciphertext.Length);
        ciphertext.CopyTo(_array.AsSpan(_length));
        _length += ciphertext.Length;
    }

    /// <summary>Drops what was written: it has been sent.</summary>
    internal void Release()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = null;
        }

        _length = 0;
    }
}
