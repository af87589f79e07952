using System.Buffers;

namespace S2nTls.AspNetCore.Pipes;

/// <summary>Segments without memory that one end of a pipe does not currently use. Not thread-safe.</summary>
internal struct SegmentStack
{
    /// <summary>More than a connection usually has in use at a time.</summary>
    private const int Most = 8;

    private Segment? _top;
    private int _count;

    internal Segment Rent(MemoryPool<byte> pool, int size)
    {
        Segment segment = _top ?? new Segment();
        if (_top is not null)
        {
            _top = segment.Next;
            segment.Next = null;
            _count--;
        }

        segment.Rent(pool, size);
        return segment;
    }

    internal void Return(Segment segment)
    {
        segment.Return();
        if (_count < Most)
        {
            segment.Next = _top;
            _top = segment;
            _count++;
        }
    }

    /// <summary>Returns a chain of segments.</summary>
    internal void ReturnAll(Segment? head)
    {
        while (head is not null)
        {
            Segment? next = head.Next;
            Return(head);
            head = next;
        }
    }
}
