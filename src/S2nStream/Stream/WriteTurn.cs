using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using S2nTls.Transport;

namespace S2nTls;

/// <summary>
/// Who may produce ciphertext, one at a time: the handshake, a write, a KeyUpdate, a half-close, the alert after a fault, the closing. And whether
/// the write side is open, and if not, why.
/// </summary>
/// <remarks>
/// <code>
/// free ─Enter→ held ─Leave→ free          open ─Close→ closed (the closing alert is made)
///                                         open ─Fail→ failed (the inner stream has refused: a record may be torn, and nothing can follow it)
/// </code>
/// Only the holder changes the write side's state; anyone may read it. A second write is refused, and everything else waits for its turn,
/// including a write during a KeyUpdate. A semaphore, because every write takes it: uncontended it allocates nothing.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore has nothing to dispose if its wait handle was never requested.")]
internal sealed class WriteTurn
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>How many callers want or have the turn for a KeyUpdate: a write waits for them, and is not refused. Raised before the turn is taken, lowered after it is free.</summary>
    private int _keyUpdates;
    private volatile bool _isClosed;
    private volatile ExceptionDispatchInfo? _failure;

    /// <summary>Whether the closing alert has been made.</summary>
    internal bool IsClosed => _isClosed;

    /// <summary>Whether an alert can still be sent.</summary>
    internal bool IsOpen => !_isClosed && _failure is null;

    /// <summary>Whether a KeyUpdate has or wants the turn, so that a write must wait for it.</summary>
    internal bool IsForKeyUpdate => Volatile.Read(ref _keyUpdates) > 0;

    internal bool IsHeld => _turn.CurrentCount == 0;

    internal bool TryEnter() => _turn.Wait(0, CancellationToken.None);

    internal ValueTask EnterAsync<TMode>(CancellationToken cancellationToken) where TMode : IInputOutputMode => TMode.WaitAsync(_turn, cancellationToken);

    /// <returns>Whether the turn was entered in time.</returns>
    internal Task<bool> EnterAsync(TimeSpan timeout) => _turn.WaitAsync(timeout);

    internal void Leave() => _turn.Release();

    /// <summary>A KeyUpdate is about to come.</summary>
    internal void BeginKeyUpdate() => Interlocked.Increment(ref _keyUpdates);

    internal void EndKeyUpdate() => Interlocked.Decrement(ref _keyUpdates);

    /// <summary>The closing alert has been made: nothing follows it.</summary>
    internal void Close() => _isClosed = true;

    /// <summary>The inner stream has failed. The first reason stays.</summary>
    internal void Fail(ExceptionDispatchInfo reason) => _failure ??= reason;

    /// <summary>Rethrows the inner stream's failure, if there is one.</summary>
    internal void ThrowIfFailed() => _failure?.Throw();
}
