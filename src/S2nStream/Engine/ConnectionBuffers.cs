using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>s2n's buffers of a connection: an idle one holds as little as possible.</summary>
/// <remarks>
/// s2n keeps a buffer of 16 KiB for each direction. It can free them itself after every call (<c>s2n_connection_set_dynamic_buffers</c>), which
/// was measured to cost 18 % of its decryption and encryption throughput; freeing them whenever a reader waits cost 9 % of the round trips. So
/// they are freed when no data has moved for a second or two (<see cref="IdleWatch"/>). s2n touches both in one call, while a thread may be in
/// either direction: hence the locks, one for each, which are held only during one s2n call.
/// </remarks>
internal sealed class ConnectionBuffers(ConnectionHandle connection)
{
    private WeakReference<ConnectionBuffers>? _weakSelf;
    private volatile bool _isWatched;

    /// <summary>Counts activity, to detect when there is none. Written by both directions: a lost count does no harm.</summary>
    private int _activity;
    private int _activitySeen;

    /// <summary>Held during each call that receives.</summary>
    internal Lock Receiving { get; } = new();

    /// <summary>Held during each call that sends.</summary>
    internal Lock Sending { get; } = new();

    /// <summary>Called when s2n gets work in either direction, for which it allocates a buffer.</summary>
    internal void NoteActivity()
    {
        _activity++;
        if (!_isWatched)
        {
            _isWatched = true;
            IdleWatch.Add(_weakSelf ??= new WeakReference<ConnectionBuffers>(this));
        }
    }

    /// <summary>Frees s2n's buffers if no data has moved since the last time.</summary>
    /// <returns>Whether the connection is idle: it is then watched again when data moves.</returns>
    internal bool ReleaseIfIdle()
    {
        int activity = _activity;
        if (activity != _activitySeen)
        {
            _activitySeen = activity;
            return false;
        }

        _isWatched = false;
        TellTraffic();
        TryRelease(isIdle: true);
        return true;
    }

    /// <summary>Adds what has passed since the last time to the process's totals.</summary>
    internal void TellTraffic() => connection.TellTraffic();

    /// <summary>Frees what is not in use, unless a thread is receiving or sending. Callable from any thread, at any time after the handshake.</summary>
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
                    // If one of them still contains data, s2n refuses, and keeps it.
                    _ = S2n.s2n_connection_release_buffers(connection);
                }
            }
            catch (ObjectDisposedException)
            {
                // Disposed by another thread just now: there is nothing left to free.
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
    /// Frees the two buffers, but keeps a partially received message. TLS 1.3 has messages after the handshake, which may be spread over records;
    /// if exactly the header (4 bytes) of one has arrived, <c>s2n_connection_release_buffers</c> treats it as read and forgets it, so that what
    /// follows cannot be understood. s2n's other way to free them does not: when it may free buffers itself, calls that neither read nor write
    /// anything do so. This sends nothing: all output is already in the outbound buffer.
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
