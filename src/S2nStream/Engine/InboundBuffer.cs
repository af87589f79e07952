using System.Buffers;

namespace S2nTls.Engine;

/// <summary>Inbound ciphertext in one pooled array, rented when bytes are about to arrive and given back when all are taken.</summary>
internal sealed class InboundBuffer : InboundCiphertext
{
    /// <summary>Room for two full records, so that a bulk sender's stream takes one inner read for several.</summary>
    internal const int Size = 32 * 1024;

    private byte[]? _array;
    private int _start;
    private int _end;

    internal override bool IsEmpty => _start == _end;

    /// <summary>Makes room and tells where the next bytes go; <see cref="Commit"/> says how many came.</summary>
    internal Memory<byte> Prepare()
    {
        _array ??= ArrayPool<byte>.Shared.Rent(Size);
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _array.Length)
        {
            Buffer.BlockCopy(_array, _start, _array, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }

        return _array.AsMemory(_end);
    }

    internal void Commit(int count) => _end += count;

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
}
