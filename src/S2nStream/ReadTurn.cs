namespace S2nTls;

/// <summary>
/// Who may use the read side: one reader at a time, and between its steps, for moments that only compute,
/// whoever looks ahead, closes the write side before TLS 1.3, or disposes.
/// </summary>
/// <remarks>
/// <code>
/// Free ─TryEnter→ Active ─Park→ Parked (waits for ciphertext, or the application) ─Unpark→ Active ─Leave→ Free
/// Free ─TryBorrow→ Borrowed ─Return→ Free      Parked ─TryBorrow→ BorrowedParked ─Return→ Parked
/// Free ─Withhold→ Withheld (early data comes first) ─Offer→ Free
/// Free, Parked or Withheld ─Close→ Closed, for ever
/// </code>
/// Active and Borrowed never wait for anything, so others spin through them. While Parked, the reader
/// touches neither the engine nor the inbound ciphertext; only its unused part is being filled.
/// </remarks>
internal sealed class ReadTurn
{
    private enum State { Free, Active, Parked, Borrowed, BorrowedParked, Withheld, Closed }

    private int _state;

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
            switch (Now)
            {
                case State.Active or State.Parked or State.BorrowedParked:
                    throw new NotSupportedException("A read is pending already: one read at a time.");
                case State.Withheld:
                    throw new InvalidOperationException($"There is early data, which comes before all other: read it to its end with {nameof(S2nStream.ReadEarlyDataAsync)}.");
                case State.Closed:
                    throw new ObjectDisposedException(nameof(S2nStream));
                default:
                    spin.SpinOnce(sleep1Threshold: -1);
                    break;
            }
        }
    }

    /// <summary>The reader is about to wait.</summary>
    internal void Park() => TryMove(State.Active, State.Parked);

    /// <summary>The reader goes on.</summary>
    /// <exception cref="ObjectDisposedException">The stream was disposed meanwhile: the read side is no longer the reader's to touch.</exception>
    internal void Unpark()
    {
        var spin = new SpinWait();
        while (!TryMove(State.Parked, State.Active))
        {
            ObjectDisposedException.ThrowIf(Now == State.Closed, typeof(S2nStream));
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Ends a read.</summary>
    /// <returns>Whether the read side was still the reader's; false when the stream was disposed while it was parked.</returns>
    internal bool Leave() => TryMove(State.Active, State.Free);

    /// <summary>Whether the reader is the one to use the read side now: not when it was disposed of while parked.</summary>
    internal bool IsActive => Now == State.Active;

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
            if (now is State.Closed or State.Withheld || (!fromParked && now is State.Active or State.Parked or State.BorrowedParked))
            {
                return false;
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    internal void Return()
    {
        if (!TryMove(State.Borrowed, State.Free))
        {
            TryMove(State.BorrowedParked, State.Parked);
        }
    }

    /// <summary>Takes the read side for ever.</summary>
    /// <returns>Whether no reader was waiting in it: then its memory is free.</returns>
    internal bool Close()
    {
        var spin = new SpinWait();
        while (true)
        {
            if (TryMove(State.Free, State.Closed) || TryMove(State.Withheld, State.Closed))
            {
                return true;
            }

            if (TryMove(State.Parked, State.Closed))
            {
                return false;
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private bool TryMove(State from, State to) =>
        Interlocked.CompareExchange(ref _state, (int)to, (int)from) == (int)from;
}
