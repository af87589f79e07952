using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace S2nTls.AspNetCore.Pipes;

/// <summary>
/// The writer to which a server writes plaintext. A flush encrypts everything written since the last one as a whole, directly from the server's
/// own blocks: small pieces share a record, large ones fill records, and the transport is flushed once.
/// </summary>
/// <remarks>
/// A flush that its caller gives up continues, and the next one, or completion, waits for it: nothing is torn, lost or sent twice. If the peer has
/// gone, flushes report it with <see cref="FlushResult.IsCompleted"/>, like those of a transport without TLS. The class is long because it is a
/// pipe's writer and the source of its flushes in one: an object for each flush would be garbage.
/// </remarks>
/// <param name="stream">The authenticated stream. Its owner disposes it, after completing this.</param>
/// <param name="pool">The server's blocks.</param>
internal sealed class S2nPipeWriter(S2nStream stream, MemoryPool<byte> pool) : PipeWriter, IValueTaskSource<FlushResult>
{
    private const int BlockSize = 4096;

    /// <summary>For data that does not fit into one block: the most that a record holds (RFC 8446 §5.1).</summary>
    private const int BulkBlockSize = 16 * 1024;

    /// <summary>
    /// Guards the queued and the spare segments and the waiter while something is being sent: a flush can be given up from any thread. Otherwise
    /// only the writer uses them. Never held while calling other code.
    /// </summary>
    private readonly Lock _lock = new();

    // Data written since the last flush: used only by the writer.
    private SegmentStack _spare;
    private Segment? _head;
    private Segment? _tail;
    private long _unflushed;
    private bool _isCompleted;

    // Data of a flush that is being sent, or that waits behind one whose caller has left.
    private Segment? _queuedHead;
    private Segment? _queuedTail;
    private Segment? _sent;
    private volatile bool _isSending;
    private bool _isWaiting;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _sending;
    private Action? _onSent;
    private ManualResetValueTaskSourceCore<FlushResult> _waiter;
    private CancellationTokenRegistration _cancellation;
    private volatile bool _isCancelRequested;
    private volatile bool _isPeerGone;
    private TaskCompletionSource? _idle;

    /// <summary>Why the stream did not accept data, other than the connection's end: the application writes to the stream too. Nothing can follow a gap.</summary>
    private volatile Exception? _refusal;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_isCompleted)
        {
            throw new InvalidOperationException("The writer is completed: nothing more can be written.");
        }

        if (_tail is null)
        {
            _head = _tail = Rent(Math.Max(sizeHint, BlockSize));
        }
        else if (_tail.Room.Length < Math.Max(sizeHint, 1))
        {
            Segment next = Rent(Math.Max(sizeHint, BulkBlockSize));
            next.Follow(_tail);
            _tail = next;
        }

        return _tail.Room;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _tail?.Room.Length ?? 0);
        _tail?.Commit(bytes);
        _unflushed += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        if (!SendUnflushed())
        {
            return Result();
        }

        lock (_lock)
        {
            // It may have completed meanwhile.
            return _isSending ? Wait(cancellationToken) : Result();
        }
    }

    /// <summary>Callable from any thread. A waiting flush returns, or the next one does; its data is still sent.</summary>
    public override void CancelPendingFlush()
    {
        lock (_lock)
        {
            if (!_isWaiting)
            {
                _isCancelRequested = true;
                return;
            }

            _isWaiting = false;
        }

        _waiter.SetResult(new FlushResult(isCanceled: true, isCompleted: false));
    }

    /// <summary>Unflushed data is still sent, without an exception; <see cref="CompleteAsync"/> waits for that, even after this call.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (_isCompleted)
        {
            return;
        }

        _isCompleted = true;
        if (exception is null)
        {
            SendUnflushed();
        }

        lock (_lock)
        {
            _spare.ReturnAll(_head);
        }

        _head = _tail = null;
        _unflushed = 0;
    }

    /// <summary>Completes when nothing is being sent: the stream may be closed next.</summary>
    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        Complete(exception);
        await SentAsync().ConfigureAwait(false);
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        // Waits for a running callback, so that it cannot hit the next flush instead.
        _cancellation.Dispose();
        _cancellation = default;
        return _waiter.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    /// <summary>The result of a flush that does not wait.</summary>
    private ValueTask<FlushResult> Result()
    {
        bool isCanceled = _isCancelRequested;
        if (isCanceled)
        {
            _isCancelRequested = false;
        }

        return _refusal is null
            ? new ValueTask<FlushResult>(new FlushResult(isCanceled, isCompleted: _isPeerGone))
            : ValueTask.FromException<FlushResult>(_refusal);
    }

    private Task SentAsync()
    {
        lock (_lock)
        {
            return _isSending ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    private Segment Rent(int size)
    {
        if (!_isSending)
        {
            return _spare.Rent(pool, size);
        }

        lock (_lock)
        {
            return _spare.Rent(pool, size);
        }
    }

    /// <summary>Appends the written data to what waits to be sent.</summary>
    private void Enqueue()
    {
        if (_unflushed == 0)
        {
            return; // an empty rented block is kept for later data
        }

        if (_queuedTail is null)
        {
            _queuedHead = _head;
        }
        else
        {
            _queuedTail.Next = _head;
        }

        _queuedTail = _tail;
        _head = _tail = null;
        _unflushed = 0;
    }

    /// <summary>Starts to wait for the flush in progress. Called with the lock held.</summary>
    private ValueTask<FlushResult> Wait(CancellationToken cancellationToken)
    {
        if (_isCancelRequested)
        {
            return Result();
        }

        _waiter.Reset();
        _isWaiting = true;
        if (cancellationToken.CanBeCanceled)
        {
            // The token was not cancelled a moment ago; if it is now, the callback runs here and needs the lock, which this thread holds.
            _cancellation = cancellationToken.UnsafeRegister(static (writer, token) => ((S2nPipeWriter)writer!).GiveUp(token), this);
        }

        return new ValueTask<FlushResult>(this, _waiter.Version);
    }

    private void GiveUp(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _waiter.SetException(new OperationCanceledException(cancellationToken));
    }

    /// <summary>Sends the written data: now, or after what is being sent.</summary>
    /// <returns>Whether something is still being sent, which continues by itself.</returns>
    private bool SendUnflushed()
    {
        if (_isSending)
        {
            lock (_lock)
            {
                Enqueue();
                if (_isSending)
                {
                    return true;
                }
            }
        }

        // No other thread is here: the following needs no lock.
        Enqueue();
        if (_queuedHead is null)
        {
            return false;
        }

        _isSending = true;
        return !Send();
    }

    /// <summary>Sends what is queued. The caller has set <see cref="_isSending"/>.</summary>
    /// <returns>Whether it is done; otherwise it continues by itself.</returns>
    private bool Send()
    {
        if (!StartWrite(TakeQueued()))
        {
            return false;
        }

        EndWrite();
        _isSending = false;
        return true;
    }

    private ReadOnlySequence<byte> TakeQueued()
    {
        _sent = _queuedHead!;
        Index(_sent);
        var data = new ReadOnlySequence<byte>(_sent, 0, _queuedTail!, _queuedTail!.Length);
        _queuedHead = _queuedTail = null;
        return data;
    }

    /// <summary>Hands data to the stream.</summary>
    /// <returns>Whether that has completed; otherwise <see cref="OnSent"/> is called when it has.</returns>
    private bool StartWrite(ReadOnlySequence<byte> data)
    {
        ValueTask write;
        try
        {
            write = _isPeerGone || _refusal is not null ? ValueTask.CompletedTask : stream.WriteAsync(data);
        }
        catch (Exception e)
        {
            write = ValueTask.FromException(e);
        }

        _sending = write.ConfigureAwait(false).GetAwaiter();
        if (_sending.IsCompleted)
        {
            return true;
        }

        _sending.UnsafeOnCompleted(_onSent ??= OnSent);
        return false;
    }

    private void EndWrite()
    {
        try
        {
            _sending.GetResult();
        }
        catch (Exception e) when (IsEnd(e))
        {
            _isPeerGone = true;
        }
        catch (Exception e)
        {
            _refusal = e; // thrown by the flushes: here it would end the process
        }

        _spare.ReturnAll(_sent);
        _sent = null;
    }

    /// <summary>A write that did not complete synchronously has ended: continues with what was queued meanwhile.</summary>
    private void OnSent()
    {
        bool hasWaiter;
        TaskCompletionSource? idle;
        while (true)
        {
            ReadOnlySequence<byte> data;
            lock (_lock)
            {
                EndWrite();
                if (_queuedHead is null)
                {
                    _isSending = false;
                    (hasWaiter, _isWaiting) = (_isWaiting, false);
                    (idle, _idle) = (_idle, null);
                    break;
                }

                data = TakeQueued();
            }

            if (!StartWrite(data))
            {
                return;
            }
        }

        idle?.SetResult();
        if (hasWaiter && _refusal is { } refusal)
        {
            _waiter.SetException(refusal);
        }
        else if (hasWaiter)
        {
            _waiter.SetResult(new FlushResult(isCanceled: false, isCompleted: _isPeerGone));
        }
    }

    /// <summary>Whether the exception means that nothing can reach the peer any more: the connection, or this side of it, has ended.</summary>
    private static bool IsEnd(Exception e) => e is IOException or ObjectDisposedException or InvalidOperationException;

    /// <summary>Renumbers segments, which may come from several flushes.</summary>
    private static void Index(Segment head)
    {
        for (Segment segment = head; segment.Next is { } next; segment = next)
        {
            next.Follow(segment);
        }
    }
}
