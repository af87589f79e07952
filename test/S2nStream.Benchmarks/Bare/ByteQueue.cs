using System.Runtime.InteropServices;

namespace S2nTls.Benchmarks.Bare;

/// <summary>One direction of ciphertext in native memory, as s2n's callbacks see it. Its owner frees it, after the connections that use it.</summary>
internal unsafe struct ByteQueue
{
    private const int EAGAIN = 11;

    private byte* _bytes;
    private int _capacity;
    private int _start;
    private int _end;

    internal static ByteQueue* Create() => (ByteQueue*)NativeMemory.AllocZeroed((nuint)sizeof(ByteQueue));

    internal static void Free(ByteQueue* queue)
    {
        NativeMemory.Free(queue->_bytes);
        NativeMemory.Free(queue);
    }

    internal static void Clear(ByteQueue* queue) => queue->_start = queue->_end = 0;

    [UnmanagedCallersOnly]
    internal static int Send(nint context, byte* source, uint length)
    {
        var queue = (ByteQueue*)context;
        int count = (int)length;
        if (queue->_capacity - queue->_end < count)
        {
            queue->_capacity = 2 * (queue->_end + count);
            queue->_bytes = (byte*)NativeMemory.Realloc(queue->_bytes, (nuint)queue->_capacity);
        }

        Buffer.MemoryCopy(source, queue->_bytes + queue->_end, count, count);
        queue->_end += count;
        return count;
    }

    [UnmanagedCallersOnly]
    internal static int Receive(nint context, byte* destination, uint length)
    {
        var queue = (ByteQueue*)context;
        int count = Math.Min((int)length, queue->_end - queue->_start);
        if (count == 0)
        {
            Marshal.SetLastSystemError(EAGAIN);
            return -1;
        }

        Buffer.MemoryCopy(queue->_bytes + queue->_start, destination, count, count);
        queue->_start += count;
        if (queue->_start == queue->_end)
        {
            queue->_start = queue->_end = 0;
        }

        return count;
    }
}
