using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Telemetry;
using S2nTls.Wire;

namespace S2nTls.Engine;

/// <content>Input: decrypting, looking ahead, and the peer's end.</content>
internal sealed partial class TlsConnection
{
    private const int NoByte = -1;

    /// <summary>
    /// One byte that was decrypted only to learn whether there is data: s2n decrypts a record when it is asked for a byte of it, and on TLS 1.3
    /// nothing else distinguishes data from a session ticket or a KeyUpdate.
    /// </summary>
    private int _lookAhead = NoByte;

    /// <summary>
    /// Whether s2n was seen to have nothing left: until more ciphertext arrives there is no need to ask it, which is expensive if the answer is no
    /// (an error, with its number and its source). It is the first check of every read that waits.
    /// </summary>
    private bool _isDrained;

    /// <summary>Whether the last call of s2n returned data: then it has consumed whole records, and the next one begins with a record.</summary>
    private bool _isBetweenRecords;

    /// <summary>Whether the peer's close_notify was met. Writers read it too.</summary>
    private volatile bool _hasPeerClosed;

    /// <summary>The number of decrypted bytes available now, without more ciphertext (<c>s2n_peek</c>).</summary>
    internal int Available =>
        checked((int)S2n.s2n_peek(_handle)) + (_lookAhead == NoByte ? 0 : 1) + (_setAside?.Count ?? 0);

    /// <summary>
    /// Whether the next record is an alert, in a version in which it ends both directions at once. Nearly always it is the peer's close_notify, after
    /// which s2n sends nothing more: so the caller gets the data before it first, and can still answer that.
    /// </summary>
    private bool IsEndNext =>
        _isBetweenRecords && !_inbound.IsEmpty && _inbound.First == ContentType.Alert && EndsBothSides && S2n.s2n_peek(_handle) == 0;

    private bool HasNothing => _isDrained && _inbound.IsEmpty && !_inbound.IsCompleted && _fault is null && !HasSessions;

    private bool HasSessions => Sessions is { HasNews: true };

    /// <summary>Decrypts as much as the available ciphertext and the destination allow.</summary>
    /// <param name="destination">At least one byte.</param>
    /// <param name="count">The bytes written; more than 0 exactly if the result is <see cref="DecryptStatus.Done"/>.</param>
    /// <exception cref="S2nException">
    /// The connection has failed, or the transport has ended without a <c>close_notify</c>. Earlier data is returned first: the call that finds
    /// none throws.
    /// </exception>
    internal DecryptStatus Decrypt(Span<byte> destination, out int count)
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
            return count > 0 ? DecryptStatus.Done : AwaitPeersEnd();
        }

        if (HasNothing)
        {
            return count > 0 ? DecryptStatus.Done : DecryptStatus.NeedsCiphertext;
        }

        DecryptStatus status = DecryptStatus.Done;
        int before = count; // the last s2n call

        // s2n returns one record's data per call. Several records may be available: fill the destination with them.
        while (count < destination.Length && !HasSessions && !(count > 0 && IsEndNext))
        {
            before = count;
            Span<byte> rest = destination[count..];
            int got = Decrypt(rest, mayThrow: count == 0, out status);
            if (got == 0)
            {
                break;
            }

            count += got;
            if (got < rest.Length && _inbound.IsEmpty)
            {
                _isDrained = true;
                break; // the record is consumed and no other is available: no need to ask s2n
            }
        }

        if (HasSessions)
        {
            HandOverSessions(mayThrow: before == 0);
        }

        return count > 0 ? DecryptStatus.Done : status;
    }

    /// <summary>
    /// Advances towards data as far as the available ciphertext allows, without returning any: after <see cref="DecryptStatus.Done"/> there is
    /// some.
    /// </summary>
    /// <inheritdoc cref="Decrypt(Span{byte}, out int)" path="/exception"/>
    internal DecryptStatus LookAhead()
    {
        if (Available > 0)
        {
            return DecryptStatus.Done;
        }

        if (_writeClosedBeforeTls13)
        {
            return AwaitPeersEnd();
        }

        if (HasNothing)
        {
            return DecryptStatus.NeedsCiphertext;
        }

        DecryptStatus status = LookAhead(mayThrow: true);
        if (HasSessions)
        {
            HandOverSessions(mayThrow: true);
        }

        return status;
    }

    /// <summary>
    /// Whether <see cref="Decrypt(Span{byte}, out int)"/> would return data now. It may decrypt a record to find out; the next
    /// <see cref="Decrypt(Span{byte}, out int)"/> throws an error that it meets, and also hands over the sessions that it meets, because this
    /// calls no application code.
    /// </summary>
    internal bool IsDataAvailable() =>
        Available > 0 ||
        (!_inbound.IsEmpty && !_writeClosedBeforeTls13 && (IgnoresWarningAlerts || !IsEndNext) && LookAhead(mayThrow: false) == DecryptStatus.Done);

    private DecryptStatus LookAhead(bool mayThrow)
    {
        byte first = 0;
        if (Decrypt(new Span<byte>(ref first), mayThrow, out DecryptStatus status) == 0)
        {
            return status;
        }

        _lookAhead = first;
        return DecryptStatus.Done;
    }

    /// <summary>One <c>s2n_recv</c>. The memory is used only during the call.</summary>
    /// <returns>The bytes received; with 0, <paramref name="status"/> says why.</returns>
    private int Decrypt(Span<byte> destination, bool mayThrow, out DecryptStatus status)
    {
        status = DecryptStatus.Closed;
        if (_fault is { } dead)
        {
            return mayThrow ? throw dead.ToException() : 0;
        }

        _isDrained = false;
        _isBetweenRecords = false;
        _buffers.NoteActivity();
        nint received;
        lock (_buffers.Receiving)
        {
            received = S2n.s2n_recv(_handle, destination, destination.Length, out _);
        }

        if (received > 0)
        {
            _isBetweenRecords = true; // it stops after a record with data
            status = DecryptStatus.Done;
            return (int)received;
        }

        if (received == 0)
        {
            NotePeersCloseNotify();
            return 0;
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

        if (error.IsBlocked)
        {
            _isDrained = true;
            status = DecryptStatus.NeedsCiphertext;
            return 0;
        }

        switch (error.Type)
        {
            case S2nErrorType.Closed when _inbound.IsCompleted:
                // s2n repeats this whenever it is asked, and writing may well continue.
                return IgnoresUnexpectedEof || !mayThrow ? 0 : throw S2nFault.Capture(error).ToException();

            default:
                S2nException exception = Fail(error);
                return mayThrow ? throw exception : 0;
        }
    }

    /// <summary>The peer's close_notify has arrived.</summary>
    private void NotePeersCloseNotify()
    {
        if (!_hasPeerClosed)
        {
            _hasPeerClosed = true;
            AlertReport.Received(IsServer, TlsAlert.CloseNotify);
        }
    }

    /// <summary>Gives the cache the sessions that the server has issued. An exception from it ends the connection.</summary>
    /// <param name="mayThrow">False if there is earlier data to return: the next call then meets the cache's exception as a fault.</param>
    internal void HandOverSessions(bool mayThrow)
    {
        try
        {
            Sessions?.HandOver();
        }
        catch (Exception e) when (!IsLeft)
        {
            End(S2nFault.ApplicationThrew(e));
            if (mayThrow)
            {
                throw;
            }
        }
    }
}
