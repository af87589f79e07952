using System.Threading.Tasks.Sources;

namespace S2nTls.Benchmarks.Streams;

/// <summary>
/// One direction of a connection in memory: a queue of bytes without limit. A reader that waits goes on
/// inside the write that it waited for, on the writer's thread: neither the kernel nor the thread pool has a
/// part in it, and nothing is allocated once the queue has its size.
/// </summary>
internal sealed class MemoryChannel : IValueTaskSource<int>
{
    private readonly Lock _lock = new();
    private byte[] _bytes = new byte[16 * 1024];
    private int _start;
    private int _end;
    private bool _ended;
    private bool _isWaiting;
    private Memory<byte> _destination;
    private ManualResetValueTaskSourceCore<int> _waiter;

    /// <summary>Is given what is written, if someone has asked for it.</summary>
    internal Action<ReadOnlySpan<byte>>? Tap { get; set; }

    internal ValueTask<int> ReadAsync(Memory<byte> destination)
    {
        lock (_lock)
        {
            if (_start < _end || _ended)
            {
                return ValueTask.FromResult(Take(destination.Span));
            }

            _destination = destination;
            _isWaiting = true;
            _waiter.Reset();
            return new ValueTask<int>(this, _waiter.Version);
        }
    }

    /// <exception cref="InvalidOperationException">There is nothing now.</exception>
    internal int Read(Span<byte> destination)
    {
        lock (_lock)
        {
            return _start < _end || _ended ? Take(destination) : throw new InvalidOperationException("There is nothing to read, and this does not wait.");
        }
    }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        Tap?.Invoke(bytes);
        int taken;
        lock (_lock)
        {
            MakeRoom(bytes.Length);
            bytes.CopyTo(_bytes.AsSpan(_end));
            _end += bytes.Length;
            if (!_isWaiting)
            {
                return;
            }

            taken = ServeWaiter();
        }

        _waiter.SetResult(taken);
    }

    internal void End()
    {
        int taken;
        lock (_lock)
        {
            _ended = true;
            if (!_isWaiting)
            {
                return;
            }

            taken = ServeWaiter();
        }

        _waiter.SetResult(taken);
    }

    private int ServeWaiter()
    {
        _isWaiting = false;
        int taken = Take(_destination.Span);
        _destination = default;
        return taken;
    }

    private int Take(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _end - _start);
        _bytes.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        if (_start == _end)
        {
            _start = _end = 0;
        }

        return count;
    }

    private void MakeRoom(int count)
    {
        if (_bytes.Length - _end >= count)
        {
            return;
        }

        byte[] bytes = _bytes.Length - (_end - _start) >= count ? _bytes : new byte[2 * (_end - _start + count)];
        Buffer.BlockCopy(_bytes, _start, bytes, 0, _end - _start);
        _bytes = bytes;
        _end -= _start;
        _start = 0;
    }

    int IValueTaskSource<int>.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);
}
