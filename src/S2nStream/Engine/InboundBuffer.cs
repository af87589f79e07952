using System.Buffers;

namespace S2nTls.Engine;

/// <summary>Inbound ciphertext in one pooled array, rented when bytes are about to arrive and returned when all are consumed.</summary>
internal sealed class InboundBuffer : InboundCiphertext
{
    /// <summary>
    /// The minimum size rented while waiting. It grows when a read fills it, and shrinks after several consecutive reads that need less than half:
    /// so messages of one size take one inner read each, and an idle connection with a pending read holds little more than the size of its
    /// messages.
    /// </summary>
    internal const int SmallestSize = 1024;

    /// <summary>A size that fits nearly all messages of a conversation.</summary>
    private const int UsualSize = 8 * 1024;

    /// <summary>
    /// The size rented when the last read has filled <see cref="UsualSize"/>: a bulk sender's stream then takes one inner read for more than a
    /// full record. Measured over TCP: 17 % more data in the same CPU time than with the usual size; 64 and 128 KiB gained nothing more.
    /// </summary>
    internal const int LargeSize = 32 * 1024;

    /// <summary>More than one: the rest of a message that did not fit says nothing about the next.</summary>
    private const int ReadsToShrink = 4;

    private int _size = SmallestSize;
    private int _smallReads;
    private byte[]? _array;
    private int _start;
    private int _end;

    internal override bool IsEmpty => _start == _end;

    internal override byte First => _array![_start];

    /// <summary>Makes room and returns where the next bytes go; <see cref="Commit"/> records how many arrived.</summary>
    internal Memory<byte> Prepare()
    {
        if (_array is null)
        {
            _array = ArrayPool<byte>.Shared.Rent(_size);
        }
        else if (_array.Length < _size)
        {
            MoveTo(ArrayPool<byte>.Shared.Rent(_size));
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
        if (_end == _array!.Length)
        {
            _size = _size < UsualSize ? UsualSize : LargeSize;
            _smallReads = 0;
        }
        else if (_size == LargeSize)
        {
            _size = UsualSize;
        }
        else if (count >= _size / 2)
        {
            _smallReads = 0;
        }
        else if (++_smallReads == ReadsToShrink)
        {
            _size = Math.Max(SmallestSize, _size / 2);
            _smallReads = 0;
        }
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

    /// <summary>Returns the array, with whatever it holds.</summary>
    internal void Discard()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = null;
            _start = _end = 0;
        }
    }

    /// <summary>Moves the held bytes to the beginning of <paramref name="array"/>, which may be the same one.</summary>
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
