using System.Buffers;

namespace S2nTls.Engine;

/// <summary>Inbound ciphertext in one pooled array, rented when bytes are about to arrive and given back when all are taken.</summary>
internal sealed class InboundBuffer : InboundCiphertext
{
    /// <summary>
    /// What is rented to wait in: nearly all messages of a conversation fit, and a connection that is idle while a
    /// read is pending holds no more than this.
    /// </summary>
    internal const int SmallSize = 8 * 1024;

    /// <summary>What is rented when the last read has filled what it was given: a bulk sender's stream then takes one inner read for several records.</summary>
    internal const int LargeSize = 128 * 1024;

    private bool _wasFilled;
    private byte[]? _array;
    private int _start;
    private int _end;

    internal override bool IsEmpty => _start == _end;

    /// <summary>Makes room and tells where the next bytes go; <see cref="Commit"/> says how many came.</summary>
    internal Memory<byte> Prepare()
    {
        int size = _wasFilled ? LargeSize : SmallSize;
        if (_array is null)
        {
            _array = ArrayPool<byte>.Shared.Rent(size);
        }
        else if (_array.Length < size)
        {
            MoveTo(ArrayPool<byte>.Shared.Rent(size));
        }
        else if (IsEmpty)
        {
            _start = _end = 0;
        }
        else if (_end == _array.Length)
        {
            MoveTo(_array);
        }

        return _array.AsMemory(_end);
    }

    internal void Commit(int count)
    {
        _end += count;
        _wasFilled = _end == _array!.Length;
    }

    internal override int Take(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _end - _start);
        _array.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        return count;
    }

    internal override void ReleaseIfEmpty()
    {
        if (IsEmpty)
        {
            Discard();
        }
    }

    /// <summary>Gives the array back, with whatever it holds.</summary>
    internal void Discard()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = null;
            _start = _end = 0;
        }
    }

    /// <summary>Puts what is held at the beginning of <paramref name="array"/>, which may be the same one.</summary>
    private void MoveTo(byte[] array)
    {
        byte[] previous = _array!;
        Buffer.BlockCopy(previous, _start, array, 0, _end - _start);
        (_array, _start, _end) = (array, 0, _end - _start);
        if (previous != array)
        {
            ArrayPool<byte>.Shared.Return(previous);
        }
    }
}
