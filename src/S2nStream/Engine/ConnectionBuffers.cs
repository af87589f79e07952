using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>What s2n holds for a connection on which nothing happens: as little as it can.</summary>
/// <remarks>
/// s2n keeps a buffer of 16 KiB for each direction. It can free them itself after every call
/// (<c>s2n_connection_set_dynamic_buffers</c>), which was measured to cost 18 % of what it decrypts and encrypts in
/// a second; to free them whenever a reader waits cost 9 % of the round trips. So they are freed when nothing has moved
/// for a second or two (<see cref="IdleWatch"/>). s2n touches both in one call, while a thread may be in either
/// direction: hence the locks, one for each, which nobody holds but during one call of s2n's.
/// </remarks>
internal sealed class ConnectionBuffers(ConnectionHandle connection)
{
    private WeakReference<ConnectionBuffers>? _weakSelf;
    private volatile bool _isWatched;

    /// <summary>How much has moved, so that it shows when nothing does. Written by both directions: a lost count does no harm.</summary>
    private int _activity;
    private int _activitySeen;

    /// <summary>Held during each call that receives.</summary>
    internal Lock Receiving { get; } = new();

    /// <summary>Held during each call that sends.</summary>
    internal Lock Sending { get; } = new();

    /// <summary>Called when s2n is given something to do in either direction, for which it takes a buffer.</summary>
    internal void NoteActivity()
    {
        _activity++;
        if (!_isWatched)
        {
            _isWatched = true;
            IdleWatch.Add(_weakSelf ??= new WeakReference<ConnectionBuffers>(this));
        }
    }

    /// <summary>Gives s2n's buffers back if nothing has moved since the last time.</summary>
    /// <returns>Whether it is idle: then it is watched again when something moves.</returns>
    internal bool ReleaseIfIdle()
    {
        int activity = _activity;
        if (activity != _activitySeen)
        {
            _activitySeen = activity;
            return false;
        }

        _isWatched = false;
        TryRelease(isIdle: true);
        return true;
    }

    /// <summary>Gives back what is not in use, unless somebody is receiving or sending just now. From any thread, at any time after the handshake.</summary>
    /// <param name="isIdle">Whether something may have been received since the handshake.</param>
    internal void TryRelease(bool isIdle)
    {
        if (!Receiving.TryEnter())
        {
            return;
        }

        try
        {
            if (!Sending.TryEnter())
            {
                return;
            }

            try
            {
                if (isIdle && !connection.EndsBothSides)
                {
                    ReleaseBetweenMessages();
                }
                else
                {
                    // Where data is left in one of them, s2n refuses, and keeps it.
                    _ = S2n.s2n_connection_release_buffers(connection);
                }
            }
            catch (ObjectDisposedException)
            {
                // By another thread, just now: there is nothing left to give back.
            }
            finally
            {
                Sending.Exit();
            }
        }
        finally
        {
            Receiving.Exit();
        }
    }

    /// <summary>
    /// Gives back the two buffers, and leaves the message that may have come in part. TLS 1.3 has messages after the handshake, which may
    /// be spread over records; <c>s2n_connection_release_buffers</c> takes one for read of which exactly the header (4 bytes) has come, and
    /// forgets it, so that what follows cannot be understood. s2n's other way to free them does not: when it may free buffers itself, calls that neither
    /// read nor write anything do that. Nothing is sent by this: all that was made is with the outbound buffer already.
    /// </summary>
    private void ReleaseBetweenMessages()
    {
        Span<byte> nothing = stackalloc byte[1];
        _ = S2n.s2n_connection_set_dynamic_buffers(connection, enabled: true);
        _ = S2n.s2n_recv(connection, nothing, 0, out _);
        _ = S2n.s2n_send(connection, nothing, 0, out _);
        _ = S2n.s2n_connection_set_dynamic_buffers(connection, enabled: false);
    }
}
