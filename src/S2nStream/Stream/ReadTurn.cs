namespace S2nTls;

/// <summary>
/// Who may use the read side: one reader at a time, and between its steps, for moments that only compute,
/// whoever looks ahead or closes the write side before TLS 1.3. Whoever disposes takes it for ever, and waits for nobody.
/// </summary>
/// <remarks>
/// <code>
/// Free ─TryEnter→ Active ─Park→ Parked (waits for ciphertext, or for room to send) ─Unpark→ Active ─Leave→ Free
///                 Active ─Ask→ Asking (the application's code runs, or is waited for) ─TakeAnswer→ Active
/// Free ─TryBorrow→ Borrowed ─Return→ Free      Parked ─TryBorrow→ BorrowedParked ─Return→ Parked
/// Free ─Withhold→ Withheld (early data comes first) ─Offer→ Free
/// Free, Withheld, Parked or Asking ─Close→ Closed, for ever
/// Active ─Close→ Leaving ─Leave→ Closed        Borrowed or BorrowedParked ─Close→ Returning ─Return→ Closed
/// </code>
/// <para>
/// Who moves it: the reader enters, parks, asks and leaves; the borrower returns what it has borrowed; only
/// <see cref="Close"/> comes from any thread at any time. It never waits. Where somebody is computing just then, in Active
/// or borrowed, the read side is still theirs, and with it the connection and the inbound ciphertext: they find it closed at their next
/// step, and <see cref="Left"/> tells the closer when they have gone.
/// </para>
/// <para>
/// While Parked or Asking, the reader touches neither the connection nor the inbound ciphertext (when Parked, the transport fills
/// its unused part): what s2n wants of a call that is still on the stack then is refused by the connection once
/// <see cref="TakeAnswer"/> has thrown. No application's code runs in Active or while it is borrowed, so others may spin through these.
/// </para>
/// </remarks>
internal sealed class ReadTurn
{
    private enum State { Free, Active, Parked, Asking, Borrowed, BorrowedParked, Withheld, Leaving, Returning, Closed }

    private int _state;
    private TaskCompletionSource? _left;

    private State Now => (State)Volatile.Read(ref _state);

    /// <summary>Begins a read.</summary>
    /// <exception cref="NotSupportedException">Another read is going on.</exception>
    /// <exception cref="InvalidOperationException">Early data is to be read first.</exception>
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
    /// <exception cref="ObjectDisposedException">The stream is disposed. The read side is the reader's until it leaves.</exception>
    internal void Park() => MoveOn(State.Active, State.Parked);

    /// <summary>The reader goes on.</summary>
    /// <exception cref="ObjectDisposedException">The stream was disposed meanwhile: the read side is no longer the reader's to touch.</exception>
    internal void Unpark()
    {
        var spin = new SpinWait();
        while (!TryMove(State.Parked, State.Active))
        {
            ThrowIfClosed(Now);
            spin.SpinOnce(sleep1Threshold: -1); // borrowed
        }
    }

    /// <summary>The reader is about to call, or to wait for, what is not this library's.</summary>
    /// <returns>Whether <see cref="TakeAnswer"/> must follow; not where one call to the application is made inside another.</returns>
    /// <exception cref="ObjectDisposedException">The stream is disposed: nobody is to be asked any more.</exception>
    internal bool Ask()
    {
        if (TryMove(State.Active, State.Asking))
        {
            return true;
        }

        ThrowIfClosed(Now);
        return false;
    }

    /// <summary>The reader goes on.</summary>
    /// <exception cref="ObjectDisposedException">The stream was disposed meanwhile: neither the read side nor the connection is the reader's to touch.</exception>
    internal void TakeAnswer() => MoveOn(State.Asking, State.Active);

    /// <summary>Ends a read, where it has not ended by disposal.</summary>
    internal void Leave()
    {
        if (!TryMove(State.Active, State.Free) && TryMove(State.Leaving, State.Closed))
        {
            _left!.SetResult();
        }
    }

    /// <summary>Whether the read side is the reader's to use: not where it was disposed of while parked.</summary>
    internal bool IsActive => Now is State.Active or State.Leaving;

    /// <summary>Lets nobody read for now. There is no reader.</summary>
    internal void Withhold() => TryMove(State.Free, State.Withheld);

    /// <summary>Lets readers in again.</summary>
    internal void Offer() => TryMove(State.Withheld, State.Free);

    /// <summary>Borrows the read side for a moment, if no reader is using it.</summary>
    /// <param name="fromParked">Whether to take it from a reader that waits, too, and to wait for one that computes.</param>
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

    /// <summary>Takes the read side for ever. It does not wait, neither for the application's code nor for anything else.</summary>
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
                _left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); // before they can find that they are to go
            }

            if (TryMove(now, to))
            {
                return end;
            }
        }
    }

    /// <summary>Ends when whoever was computing when the turn was closed has gone. Its continuations run on the pool.</summary>
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
