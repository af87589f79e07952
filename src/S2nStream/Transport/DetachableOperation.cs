using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace S2nTls.Transport;

/// <summary>
/// One asynchronous operation of the inner stream at a time, which outlives the caller that waits for it. A cancelled caller stops waiting; the
/// operation continues, and the next caller waits for it or finds its outcome. So a cancelled read loses no bytes and a cancelled write tears no
/// record, whatever the inner stream does with cancellation. Reused without allocation.
/// </summary>
/// <remarks>
/// <code>
/// operation:  Idle ─Start→ Running ─inner completion→ Done ─outcome taken by a waiter→ Idle
/// waiter:     none ─WaitAsync→ waiting ─completion, cancellation or Stop→ none
/// </code>
/// Only one caller at a time starts and waits (the owner ensures that). Completion, cancellation and <see cref="Stop"/> come from any thread; the
/// lock decides which of them releases the waiter.
/// </remarks>
internal sealed class DetachableOperation : IValueTaskSource
{
    private enum State { Idle, Running, Done }

    private readonly Action<int> _finish;
    private readonly object _lock = new(); // a monitor, for its Wait
    private readonly Action _onCompleted;
    private ManualResetValueTaskSourceCore<int> _waiter;
    private volatile State _state;
    private bool _hasWaiter;
    private bool _hasBlockedThread;
    private bool _stopped;
    private CancellationTokenRegistration _cancellation;

    // The running operation: one of the two, depending on its kind.
    private bool _isRead;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _read;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _write;

    private int _result;
    private ExceptionDispatchInfo? _error;

    /// <param name="finish">Called with a successful outcome, when its waiter takes it.</param>
    internal DetachableOperation(Action<int> finish)
    {
        _finish = finish;
        _onCompleted = OnCompleted;
    }

    /// <summary>
    /// Whether an operation is running, or has run and its outcome has not been taken. For the owner, the only one that begins and ends that: so
    /// no lock.
    /// </summary>
    internal bool IsPending => _state != State.Idle;

    /// <summary>Whether the inner stream may still be using the memory that it was given.</summary>
    internal bool IsRunning => _state == State.Running;

    /// <summary>Takes over a read that did not complete synchronously.</summary>
    internal void Start(ValueTask<int> read)
    {
        _isRead = true;
        _read = read.ConfigureAwait(false).GetAwaiter();
        _state = State.Running;
        _read.UnsafeOnCompleted(_onCompleted);
    }

    /// <summary>Takes over a write that did not complete synchronously.</summary>
    internal void Start(ValueTask write)
    {
        _isRead = false;
        _write = write.ConfigureAwait(false).GetAwaiter();
        _state = State.Running;
        _write.UnsafeOnCompleted(_onCompleted);
    }

    /// <summary>Waits for the pending operation and takes its outcome, for <c>finish</c> or as an exception.</summary>
    /// <exception cref="OperationCanceledException">The caller was cancelled; the operation continues.</exception>
    /// <exception cref="ObjectDisposedException"><see cref="Stop"/> was called; the operation may continue.</exception>
    internal ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        ValueTask wait;
        lock (_lock)
        {
            if (_stopped)
            {
                return ValueTask.FromException(Stopped());
            }

            if (_state == State.Done)
            {
                try
                {
                    TakeOutcome();
                    return ValueTask.CompletedTask;
                }
                catch (Exception e)
                {
                    return ValueTask.FromException(e);
                }
            }

            _waiter.Reset();
            _waiter.RunContinuationsAsynchronously = false;
            _hasWaiter = true;
            wait = new ValueTask(this, _waiter.Version);
        }

        if (cancellationToken.CanBeCanceled)
        {
            // May run the callback immediately, on this thread.
            _cancellation = cancellationToken.UnsafeRegister(
                static (operation, token) => ((DetachableOperation)operation!).Release(new OperationCanceledException(token)), this);
        }

        return wait;
    }

    /// <summary>Blocks until the pending operation is over, and takes its outcome. Only for a synchronous call that follows a cancelled asynchronous one.</summary>
    internal void Wait()
    {
        lock (_lock)
        {
            while (_state == State.Running && !_stopped)
            {
                _hasBlockedThread = true;
                Monitor.Wait(_lock);
            }

            if (_stopped)
            {
                throw Stopped();
            }

            TakeOutcome();
        }
    }

    /// <summary>Ends the current wait and all later ones. The operation itself is left to the inner stream.</summary>
    internal void Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            WakeBlockedThread();
        }

        Release(Stopped());
    }

    private static ObjectDisposedException Stopped() => new(nameof(S2nStream));

    private void OnCompleted()
    {
        bool signal;
        int result = 0;
        ExceptionDispatchInfo? error = null;
        try
        {
            if (_isRead)
            {
                result = _read.GetResult();
            }
            else
            {
                _write.GetResult();
            }
        }
        catch (Exception e)
        {
            error = ExceptionDispatchInfo.Capture(e);
        }

        lock (_lock)
        {
            _read = default;
            _write = default;
            _result = result;
            _error = error;
            _state = State.Done;
            signal = _hasWaiter;
            _hasWaiter = false;
            WakeBlockedThread();
        }

        if (signal)
        {
            // The waiter continues right here, on the thread on which the inner stream completed: no thread switch.
            _waiter.SetResult(0);
        }
    }

    /// <summary>Releases the waiter without an outcome. It continues on the pool: this thread belongs to the canceller or the disposer.</summary>
    private void Release(Exception reason)
    {
        lock (_lock)
        {
            if (!_hasWaiter)
            {
                return;
            }

            _hasWaiter = false;
            _waiter.RunContinuationsAsynchronously = true;
        }

        _waiter.SetException(reason);
    }

    private void WakeBlockedThread()
    {
        if (_hasBlockedThread)
        {
            _hasBlockedThread = false;
            Monitor.PulseAll(_lock);
        }
    }

    private void TakeOutcome()
    {
        int result;
        lock (_lock)
        {
            result = _result;
            ExceptionDispatchInfo? error = _error;
            _error = null;
            _state = State.Idle;
            error?.Throw();
        }

        _finish(result);
    }

    void IValueTaskSource.GetResult(short token)
    {
        // Waits for a running callback, so that it cannot hit the next waiter instead.
        _cancellation.Dispose();
        _cancellation = default;
        _waiter.GetResult(token); // throws if the waiter was released without an outcome
        TakeOutcome();
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);
}
