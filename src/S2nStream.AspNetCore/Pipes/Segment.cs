using System.Buffers;

namespace S2nTls.AspNetCore.Pipes;

/// <summary>A rented block of memory, and how much of it holds data. Used again and again by one end of a pipe.</summary>
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

    /// <summary>What is free behind the data.</summary>
    internal Memory<byte> Room => _block[Memory.Length..];

    /// <param name="pool">The server's: its blocks are pinned once and for all.</param>
    /// <param name="size">How much is needed. What the pool does not have comes from the shared arrays.</param>
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

    /// <summary>Puts it behind another.</summary>
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
