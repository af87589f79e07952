using System.Buffers;
using System.Runtime.CompilerServices;

namespace S2nTls.Interop;

/// <summary>
/// The pieces of a sequence passed to s2n at a time (<c>s2n_sendv_with_offset</c>), pinned until the next ones are taken. s2n reads the memory
/// only during the call. A sequence with more pieces than <see cref="Most"/> consists of very small ones.
/// </summary>
internal unsafe ref struct PinnedPieces : IDisposable
{
    private const int Most = 64;

    private readonly MemoryHandle[] _pins = ArrayPool<MemoryHandle>.Shared.Rent(Most);
    private Pieces _pieces;
    private int _count;

    public PinnedPieces() { }

    /// <summary>Takes the first pieces of a sequence.</summary>
    /// <returns>Their total number of bytes.</returns>
    internal nint Take(ReadOnlySequence<byte> sequence)
    {
        Unpin();
        nint size = 0;
        SequencePosition next = sequence.Start;
        while (_count < Most && sequence.TryGet(ref next, out ReadOnlyMemory<byte> piece))
        {
            _pins[_count] = piece.Pin();
            _pieces[_count] = new IoVector { Start = _pins[_count].Pointer, Length = (nuint)piece.Length };
            _count++;
            size += piece.Length;
        }

        return size;
    }

    /// <summary>Makes one s2n call.</summary>
    /// <returns>How many bytes it took; negative if it failed.</returns>
    internal nint Send(ConnectionHandle connection, nint offset) =>
        S2n.s2n_sendv_with_offset(connection, (IoVector*)Unsafe.AsPointer(ref _pieces[0]), _count, offset, out _); // on the stack: it does not move

    public void Dispose()
    {
        Unpin();
        ArrayPool<MemoryHandle>.Shared.Return(_pins);
    }

    private void Unpin()
    {
        for (; _count > 0; _count--)
        {
            _pins[_count - 1].Dispose();
            _pins[_count - 1] = default;
        }
    }

    [InlineArray(Most)]
    private struct Pieces
    {
        private IoVector _first;
    }
}
