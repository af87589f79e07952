using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace S2nTls.EarlyData;

/// <summary>
/// Holds early data between the handshake that receives it and the application that reads it, each at its own pace. Its size is bounded by what
/// tickets and keys allow.
/// </summary>
internal sealed class EarlyDataBuffer
{
    private readonly Lock _lock = new();
    private ArrayBufferWriter<byte>? _data;
    private int _taken;
    private bool _isEnded;
    private bool _isBeingRead;
    private ExceptionDispatchInfo? _failure;
    private TaskCompletionSource? _change;

    internal bool HasUnread
    {
        get
        {
            lock (_lock)
            {
                return Unread > 0;
            }
        }
    }

    private int Unread => (_data?.WrittenCount ?? 0) - _taken;

    internal void Append(ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            (_data ??= new ArrayBufferWriter<byte>()).Write(data);
            SignalChange();
        }
    }

    /// <summary>Marks the end of the data.</summary>
    /// <param name="failure">The handshake's failure, if it failed: readers get it after the data.</param>
    internal void End(ExceptionDispatchInfo? failure = null)
    {
        lock (_lock)
        {
            _failure ??= failure;
            _isEnded = true;
            SignalChange();
        }
    }

    /// <summary>Wipes unread data.</summary>
    internal void Wipe()
    {
        lock (_lock)
        {
            WipeData();
        }
    }

    /// <summary>Reads available data.</summary>
    internal int Read(Span<byte> destination)
    {
        Enter();
        try
        {
            lock (_lock)
            {
                TryTake(destination, out int count);
                return count;
            }
        }
        finally
        {
            Volatile.Write(ref _isBeingRead, false);
        }
    }

    internal async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            while (true)
            {
                Task change;
                lock (_lock)
                {
                    if (TryTake(destination.Span, out int count))
                    {
                        return count;
                    }

                    change = (_change ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                }

                await change.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Volatile.Write(ref _isBeingRead, false);
        }
    }

    private void Enter()
    {
        if (Interlocked.Exchange(ref _isBeingRead, true))
        {
            throw new NotSupportedException("A read of early data is already pending: one read at a time.");
        }
    }

    /// <returns>Whether there was a result: data, or the end.</returns>
    private bool TryTake(Span<byte> destination, out int count)
    {
        count = Math.Min(destination.Length, Unread);
        if (count > 0)
        {
            _data!.WrittenSpan.Slice(_taken, count).CopyTo(destination);
            _taken += count;
            if (Unread == 0)
            {
                WipeData();
            }
        }
        else if (_isEnded)
        {
            _failure?.Throw();
        }

        return count > 0 || _isEnded;
    }

    private void WipeData()
    {
        if (_data is { } data)
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(data.WrittenMemory).Span);
        }

        _data = null;
        _taken = 0;
    }

    private void SignalChange()
    {
        _change?.TrySetResult();
        _change = null;
    }
}
