using System.Buffers;

namespace S2nTls;

/// <summary>A span's memory, lent to a synchronous loop that needs <see cref="Memory{T}"/>. The lender pins it and outlives the loop.</summary>
internal sealed unsafe class BorrowedMemory : MemoryManager<byte>
{
    [ThreadStatic]
    private static BorrowedMemory? s_spare;

    private byte* _start;
    private int _length;

    /// <summary>Takes this thread's spare one, or makes one: a call may run inside another, if one stream is over the other.</summary>
    internal static BorrowedMemory Rent(byte* start, int length)
    {
        BorrowedMemory memory = s_spare ?? new BorrowedMemory();
        s_spare = null;
        memory._start = start;
        memory._length = length;
        return memory;
    }

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin() { }

    protected override void Dispose(bool disposing)
    {
        _start = null;
        _length = 0;
        s_spare = this;
    }
}
