using S2nTls.EarlyData;

namespace S2nTls;

/// <content>
/// Data that a client sends during the handshake, and that the server reads separately from all other. docs/early-data.md has the states.
/// </content>
public partial class S2nStream
{
    /// <summary>Set on a server that accepts early data, or does not know yet whether it does.</summary>
    private EarlyDataBuffer? _earlyData;

    /// <summary>
    /// What became of early data (<c>s2n_connection_get_early_data_status</c>). A client that offered some and does not find
    /// <see cref="S2nEarlyDataStatus.Accepted"/> here should write it now.
    /// </summary>
    /// <inheritdoc cref="IsSessionResumed" path="/exception"/>
    public S2nEarlyDataStatus EarlyDataStatus => Authenticated().EarlyDataStatus;

    /// <summary>
    /// Reads early data (0-RTT, <c>s2n_recv_early_data</c>) on a server whose context accepts it (<see cref="S2nServerOptions.EarlyData"/>), as
    /// soon as it arrives: during the authenticating call or after it. <b>It may be a replay</b>, as far as the guard allows, and until the
    /// authenticating call has ended nothing proves that the client is really there.
    /// </summary>
    /// <remarks>It may be called during the authenticating call, by one reader at a time. Data still unread when that call has ended must be read before anything else: reads throw until then.</remarks>
    /// <param name="buffer">Receives the data: at least one byte.</param>
    /// <param name="cancellationToken">Ends the wait. Nothing is lost.</param>
    /// <returns>The number of bytes; 0 when there is no more, or there was none. They never include data sent after the handshake.</returns>
    /// <exception cref="InvalidOperationException">The stream is not being authenticated as a server yet.</exception>
    /// <exception cref="ArgumentException">The buffer is empty.</exception>
    /// <exception cref="NotSupportedException">Another read of early data is pending.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The handshake failed after the data that was read: this throws the same as the authenticating call.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public async ValueTask<int> ReadEarlyDataAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        CheckEarlyDataRead(buffer.Span);
        if (_earlyData is not { } earlyData)
        {
            _failure?.Throw();
            return 0;
        }

        int count = await earlyData.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        LetReadersInAfter(earlyData);
        return count;
    }

    /// <summary>Reads early data when the handshake is over; see <see cref="ReadEarlyDataAsync"/>. It does not block: all data has arrived.</summary>
    /// <exception cref="InvalidOperationException">The stream is not authenticated.</exception>
    /// <inheritdoc cref="ReadEarlyDataAsync" path="/*[self::param[@name='buffer'] or self::returns or self::exception[not(@cref='T:System.InvalidOperationException')]]"/>
    public int ReadEarlyData(Span<byte> buffer)
    {
        _ = Authenticated();
        CheckEarlyDataRead(buffer);
        if (_earlyData is not { } earlyData)
        {
            return 0;
        }

        int count = earlyData.Read(buffer);
        LetReadersInAfter(earlyData);
        return count;
    }

    private void CheckEarlyDataRead(ReadOnlySpan<byte> buffer)
    {
        ThrowIfDisposed();
        if (buffer.IsEmpty)
        {
            throw new ArgumentException("The buffer is empty.", nameof(buffer));
        }

        if (CurrentStage == Stage.Created || !_isServer)
        {
            throw new InvalidOperationException("Early data can only be read on a server that is authenticated or being authenticated.");
        }
    }

    /// <summary>Early data must be read before all other. Called when the handshake has just ended, before any read.</summary>
    private void EndEarlyData()
    {
        _earlyData?.End();
        if (_earlyData is { HasUnread: true } earlyData)
        {
            _readTurn.Withhold();
            LetReadersInAfter(earlyData); // it may have been read meanwhile
        }
    }

    private void LetReadersInAfter(EarlyDataBuffer earlyData)
    {
        if (!earlyData.HasUnread)
        {
            _readTurn.Offer();
        }
    }
}
