using System.Buffers;

namespace S2nTls.AspNetCore.Pipes;

/// <summary>A rented block of memory, and how much of it holds data. Reused by one end of a pipe.</summary>
internal sealed class Segment : ReadOnlySequenceSegment<byte>
{
    private IMemoryOwner<byte>? _owner;
    private byte[]? _array;
    private Memory<byte> _block;

    internal new Segment? Next
    {
        get => (Segment?)base.Next;
        set => base.Next = value;
    }

    internal int Length => Memory.Length;

    /// <summary>The free space after the data.</summary>
    internal Memory<byte> Room => _block[Memory.Length..];

    /// <param name="pool">The server's pool, whose blocks are permanently pinned.</param>
    /// <param name="size">The minimum size. If it exceeds the pool's, the shared array pool is used.</param>
    internal void Rent(MemoryPool<byte> pool, int size)
    {
        if (size <= pool.MaxBufferSize)
        {
            _owner = pool.Rent(size);
            _block = _owner.Memory;
        }
        else
        {
            _array = ArrayPool<byte>.Shared.Rent(size);
            _block = _array;
        }

        Memory = ReadOnlyMemory<byte>.Empty;
    }

    internal void Commit(int count) => Memory = _block[..(Memory.Length + count)];

    /// <summary>Links this segment after another.</summary>
    internal void Follow(Segment previous)
    {
        previous.Next = this;
        RunningIndex = previous.RunningIndex + previous.Length;
    }

    internal void Return()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = null;
        }

        _owner?.Dispose();
        _owner = null;
        _block = default;
        Memory = default;
        Next = null;
        RunningIndex = 0;
    }
}
