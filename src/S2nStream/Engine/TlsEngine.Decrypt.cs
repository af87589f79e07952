using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>The way in: decrypting, looking ahead, and the peer's end.</summary>
internal sealed unsafe partial class TlsEngine
{
    private const int NoByte = -1;

    /// <summary>
    /// One byte that was decrypted only to learn whether there is data: s2n decrypts a record when it is
    /// asked for a byte of it, and on TLS 1.3 nothing else tells data from a session ticket or a KeyUpdate.
    /// </summary>
    private int _lookAhead = NoByte;

    /// <summary>
    /// Whether s2n was seen to have nothing left: until ciphertext comes there is no need to ask it, which is dear
    /// when the answer is no (an error, with its number and its source). The first question of every read that waits.
    /// </summary>
    private bool _isDrained;

    private bool HasNothing => _isDrained && _inbound.IsEmpty && !_inbound.IsCompleted && _fault is null && _issuedSessions is null;

    /// <summary>The number of decrypted bytes that can be had now, without more ciphertext (<c>s2n_peek</c>).</summary>
    internal int Available =>
        checked((int)S2n.s2n_peek(_connection)) + (_lookAhead == NoByte ? 0 : 1) + SetAsideCount;

    /// <summary>Decrypts as much as the ciphertext at hand and the destination allow.</summary>
    /// <param name="destination">At least one byte.</param>
    /// <param name="count">The bytes written; more than 0 exactly when the answer is <see cref="EngineStatus.Done"/>.</param>
    /// <exception cref="S2nException">
    /// The connection is dead, or the transport has ended without a <c>close_notify</c>. Data that came before
    /// is given first: the exception comes with the call that finds none.
    /// </exception>
    internal EngineStatus Decrypt(Span<byte> destination, out int count)
    {
        count = 0;
        if (_lookAhead != NoByte)
        {
            destination[0] = (byte)_lookAhead;
            _lookAhead = NoByte;
            count = 1;
        }

        if (_writeClosedBeforeTls13)
        {
            count += TakeSetAside(destination[count..]);
            return count > 0 ? EngineStatus.Done : AwaitPeersEnd();
        }

        if (HasNothing)
        {
            return count > 0 ? EngineStatus.Done : EngineStatus.NeedsCiphertext;
        }

        EngineStatus status = EngineStatus.Done;
        int before = count; // the last call of s2n's
        fixed (byte* start = destination)
        {
            // s2n gives one record's data a call. Several records may be at hand: fill the destination with them.
            while (count < destination.Length && _issuedSessions is null)
            {
                before = count;
                int wanted = destination.Length - count;
                int got = Receive(start + count, wanted, mayThrow: count == 0, out status);
                if (got == 0)
                {
                    break;
                }

                count += got;
                if (got < wanted && _inbound.IsEmpty)
                {
                    _isDrained = true;
                    break; // the record is used up and no other is at hand: spare s2n the question
                }
            }
        }

        if (_issuedSessions is not null)
        {
            HandOverSessions(mayThrow: before == 0);
        }

        return count > 0 ? EngineStatus.Done : status;
    }

    /// <summary>
    /// Goes as far towards data as the ciphertext at hand allows, without giving any: after
    /// <see cref="EngineStatus.Done"/> there is some.
    /// </summary>
    /// <inheritdoc cref="Decrypt" path="/exception"/>
    internal EngineStatus LookAhead()
    {
        if (Available > 0)
        {
            return EngineStatus.Done;
        }

        if (_writeClosedBeforeTls13)
        {
            return AwaitPeersEnd();
        }

        if (HasNothing)
        {
            return EngineStatus.NeedsCiphertext;
        }

        EngineStatus status = LookAhead(mayThrow: true);
        if (_issuedSessions is not null)
        {
            HandOverSessions(mayThrow: true);
        }

        return status;
    }

    /// <summary>
    /// Whether <see cref="Decrypt"/> would give data now. It may decrypt a record to find out; an error that
    /// it meets is thrown by the next <see cref="Decrypt"/>. It calls nobody's code: the next <see cref="Decrypt"/> hands over
    /// the sessions that it meets, too.
    /// </summary>
    internal bool IsDataAvailable() =>
        Available > 0 ||
        (!_inbound.IsEmpty && !_writeClosedBeforeTls13 && LookAhead(mayThrow: false) == EngineStatus.Done);

    private EngineStatus LookAhead(bool mayThrow)
    {
        byte first;
        if (Receive(&first, 1, mayThrow, out EngineStatus status) == 0)
        {
            return status;
        }

        _lookAhead = first;
        return EngineStatus.Done;
    }

    /// <summary>One <c>s2n_recv</c>. The memory is used during the call only.</summary>
    /// <returns>The bytes received; with 0, <paramref name="status"/> says why.</returns>
    private int Receive(byte* destination, int size, bool mayThrow, out EngineStatus status)
    {
        status = EngineStatus.Closed;
        if (_fault is { } dead)
        {
            return mayThrow ? throw dead.ToException() : 0;
        }

        _isDrained = false;
        NoteActivity();
        nint received;
        lock (_receiving)
        {
            received = S2n.s2n_recv(_connection, destination, size, out _);
        }

        if (received > 0)
        {
            status = EngineStatus.Done;
            return (int)received;
        }

        if (received == 0)
        {
            return 0; // close_notify
        }

        S2nError error;
        try
        {
            error = LastError();
        }
        catch (Exception) when (!mayThrow && _fault is not null)
        {
            return 0;
        }

        switch (error.Type)
        {
            case S2nErrorType.Blocked:
                _isDrained = true;
                status = EngineStatus.NeedsCiphertext;
                return 0;

            case S2nErrorType.Closed when _inbound.IsCompleted:
                // s2n says this again whenever it is asked, and writing may well go on.
                return _ignoreUnexpectedEof || !mayThrow ? 0 : throw S2nFault.Capture(error).ToException();

            default:
                S2nException exception = Fail(error);
                return mayThrow ? throw exception : 0;
        }
    }
}
