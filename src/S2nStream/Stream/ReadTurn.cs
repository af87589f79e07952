namespace S2nTls;

/// <summary>
/// Who may use the read side: one reader at a time, and between its steps, briefly and only to compute, a caller that looks ahead or that closes
/// the write side before TLS 1.3. Disposal takes it permanently, without waiting.
/// </summary>
/// <remarks>
/// <code>
/// Free ─TryEnter→ Active ─Park→ Parked (waits for ciphertext, or for room to send) ─Unpark→ Active ─Leave→ Free
///                 Active ─Ask→ Asking (the application's code runs, or is waited for) ─TakeAnswer→ Active
/// Free ─TryBorrow→ Borrowed ─Return→ Free      Parked ─TryBorrow→ BorrowedParked ─Return→ Parked
/// Free ─Withhold→ Withheld (early data comes first) ─Offer→ Free
/// Free, Withheld, Parked or Asking ─Close→ Closed, permanently
/// Active ─Close→ Leaving ─Leave→ Closed        Borrowed or BorrowedParked ─Close→ Returning ─Return→ Closed
/// </code>
/// <para>
/// Transitions: the reader enters, parks, asks and leaves; the borrower returns what it has borrowed; only <see cref="Close"/> comes from any
/// thread at any time. It never waits. If another thread is computing at that moment, in Active or borrowed, that thread still owns the read side,
/// and with it the connection and the inbound ciphertext: it finds the turn closed at its next step, and <see cref="Left"/> tells the closer when
/// it has gone.
/// </para>
/// <para>
/// While Parked or Asking, the reader touches neither the connection nor the inbound ciphertext (when Parked, the transport fills its unused
/// part): after <see cref="TakeAnswer"/> has thrown, the connection refuses anything that an s2n call still on the stack requests. No application
/// code runs in Active or while borrowed, so others may spin through these.
/// </para>
/// </remarks>
internal sealed class ReadTurn
{
    private enum State { Free, Active, Parked, Asking, Borrowed, BorrowedParked, Withheld, Leaving, Returning, Closed }

    private int _state;
    private TaskCompletionSource? _left;

    private State Now => (State)Volatile.Read(ref _state);

    /// <summary>Begins a read.</summary>
    /// <exception cref="NotSupportedException">Another read is in progress.</exception>
    /// <exception cref="InvalidOperationException">Early data must be read first.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    internal void Enter()
    {
        var spin = new SpinWait();
        while (!TryMove(State.Free, State.Active))
        {
            State now = Now;
            switch (now)
            {
                case State.Active or State.Parked or State.Asking or State.BorrowedParked:
                    throw new NotSupportedException("A read is already pending: one read at a time.");
                case State.Withheld:
                    throw new InvalidOperationException($"There is early data, which must be read first: read all of it with {nameof(S2nStream.ReadEarlyDataAsync)}.");
                default:
                    ThrowIfClosed(now);
                    spin.SpinOnce(sleep1Threshold: -1);
                    break;
            }
        }
    }

    /// <summary>The reader is about to wait for the transport.</summary>
    /// <exception cref="ObjectDisposedException">The stream is disposed. The reader owns the read side until it leaves.</exception>
    internal void Park() => MoveOn(State.Active, State.Parked);

    /// <summary>The reader continues.</summary>
    /// <exception cref="ObjectDisposedException">The stream was disposed meanwhile: the reader must no longer touch the read side.</exception>
    internal void Unpark()
    {
        var spin = new SpinWait();
        while (!TryMove(State.Parked, State.Active))
        {
            ThrowIfClosed(Now);
            spin.SpinOnce(sleep1Threshold: -1); // borrowed
        }
    }

    /// <summary>The reader is about to call, or wait for, code outside this library.</summary>
    /// <returns>Whether <see cref="TakeAnswer"/> must follow; false if one call to the application is made inside another.</returns>
    /// <exception cref="ObjectDisposedException">The stream is disposed: the application must not be called any more.</exception>
    internal bool Ask()
    {
        if (TryMove(State.Active, State.Asking))
        {
            return true;
        }

        ThrowIfClosed(Now);
        return false;
    }

    /// <summary>The reader continues.</summary>
    /// <exception cref="ObjectDisposedException">The stream was disposed meanwhile: the reader must touch neither the read side nor the connection.</exception>
    internal void TakeAnswer() => MoveOn(State.Asking, State.Active);

    /// <summary>Ends a read, unless disposal has ended it.</summary>
    internal void Leave()
    {
        if (!TryMove(State.Active, State.Free) && TryMove(State.Leaving, State.Closed))
        {
            _left!.SetResult();
        }
    }

    /// <summary>Whether the reader may use the read side: false if the stream was disposed while it was parked.</summary>
    internal bool IsActive => Now is State.Active or State.Leaving;

    /// <summary>Lets no one read for now. Called while there is no reader.</summary>
    internal void Withhold() => TryMove(State.Free, State.Withheld);

    /// <summary>Lets readers in again.</summary>
    internal void Offer() => TryMove(State.Withheld, State.Free);

    /// <summary>Borrows the read side briefly, if no reader is using it.</summary>
    /// <param name="fromParked">Whether to also take it from a waiting reader, and to wait for one that computes.</param>
    internal bool TryBorrow(bool fromParked)
    {
        var spin = new SpinWait();
        while (true)
        {
            if (TryMove(State.Free, State.Borrowed) || (fromParked && TryMove(State.Parked, State.BorrowedParked)))
            {
                return true;
            }

            State now = Now;
            if (now is State.Withheld or State.Asking or State.Leaving or State.Returning or State.Closed ||
                (!fromParked && now is State.Active or State.Parked or State.BorrowedParked))
            {
                return false;
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    internal void Return()
    {
        if (!TryMove(State.Borrowed, State.Free) && !TryMove(State.BorrowedParked, State.Parked) && TryMove(State.Returning, State.Closed))
        {
            _left!.SetResult();
        }
    }

    /// <summary>Takes the read side permanently. It waits neither for application code nor for anything else.</summary>
    internal ReadTurnEnd Close()
    {
        while (true)
        {
            State now = Now;
            (State to, ReadTurnEnd end) = now switch
            {
                State.Free or State.Withheld => (State.Closed, ReadTurnEnd.WasFree),
                State.Parked => (State.Closed, ReadTurnEnd.WasParked),
                State.Asking => (State.Closed, ReadTurnEnd.WasAsking),
                State.Active => (State.Leaving, ReadTurnEnd.IsLeaving),
                State.Borrowed => (State.Returning, ReadTurnEnd.IsLeaving),
                State.BorrowedParked => (State.Returning, ReadTurnEnd.IsLeavingParked),
                _ => throw new InvalidOperationException("The turn is already closed."),
            };
            if (to != State.Closed)
            {
                _left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); // before they can find out that they must leave
            }

            if (TryMove(now, to))
            {
                return end;
            }
        }
    }

    /// <summary>Completes when the thread that was computing when the turn was closed has gone. Its continuations run on the pool.</summary>
    internal Task Left => _left!.Task;

    /// <summary>One step of the reader.</summary>
    private void MoveOn(State from, State to)
    {
        if (!TryMove(from, to))
        {
            ThrowIfClosed(Now);
        }
    }

    private static void ThrowIfClosed(State now) =>
        ObjectDisposedException.ThrowIf(now is State.Leaving or State.Returning or State.Closed, typeof(S2nStream));

    private bool TryMove(State from, State to) =>
        Interlocked.CompareExchange(ref _state, (int)to, (int)from) == (int)from;
}
