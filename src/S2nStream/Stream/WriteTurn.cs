using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using S2nTls.Transport;

namespace S2nTls;

/// <summary>
/// Who may make ciphertext, one at a time: the handshake, a write, a KeyUpdate, a half-close, the alert after a fault, the closing. And whether the write
/// side is open, and if not, why.
/// </summary>
/// <remarks>
/// <code>
/// free ─Enter→ held ─Leave→ free          open ─Close→ closed (the closing alert is made)
///                                         open ─Fail→ failed (the inner stream has refused: a record may be torn, and nothing can follow it)
/// </code>
/// The holder moves the write side; anybody may look. A second write is refused, and everything else waits for its turn, a write for a KeyUpdate too. A
/// semaphore, because every write takes it: uncontended it allocates nothing.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore has nothing to dispose if its wait handle was never requested.")]
internal sealed class WriteTurn
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>How many want the turn for a KeyUpdate, or have it: a write waits for them, and is not refused. Raised before the turn is taken, lowered after it is free.</summary>
    private int _keyUpdates;
    private volatile bool _isClosed;
    private volatile ExceptionDispatchInfo? _failure;

    /// <summary>Whether the closing alert has been made.</summary>
    internal bool IsClosed => _isClosed;

    /// <summary>Whether an alert can still be sent.</summary>
    internal bool IsOpen => !_isClosed && _failure is null;

    /// <summary>Whether somebody has it, and is to be waited for by a write.</summary>
    internal bool IsForKeyUpdate => Volatile.Read(ref _keyUpdates) > 0;

    internal bool IsHeld => _turn.CurrentCount == 0;

    internal bool TryEnter() => _turn.Wait(0, CancellationToken.None);

    internal ValueTask EnterAsync<TMode>(CancellationToken cancellationToken) where TMode : IInputOutputMode => TMode.WaitAsync(_turn, cancellationToken);

    /// <returns>Whether it was entered in time.</returns>
    internal Task<bool> EnterAsync(TimeSpan timeout) => _turn.WaitAsync(timeout);

    internal void Leave() => _turn.Release();

    /// <summary>A KeyUpdate is to come.</summary>
    internal void BeginKeyUpdate() => Interlocked.Increment(ref _keyUpdates);

    internal void EndKeyUpdate() => Interlocked.Decrement(ref _keyUpdates);

    /// <summary>The closing alert has been made: nothing follows it.</summary>
    internal void Close() => _isClosed = true;

    /// <summary>The inner stream has refused. The first reason stays.</summary>
    internal void Fail(ExceptionDispatchInfo reason) => _failure ??= reason;

    /// <summary>Throws what the inner stream has refused with, if it has.</summary>
    internal void ThrowIfFailed() => _failure?.Throw();
}
