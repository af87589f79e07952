using S2nTls.EarlyData;

namespace S2nTls;

/// <content>Data that a client sends in the handshake, read by the server apart from all other. docs/early-data.md has the states.</content>
public partial class S2nStream
{
    /// <summary>On a server that takes early data, or does not know yet whether it does.</summary>
    private EarlyDataBuffer? _earlyData;

    /// <summary>
    /// What has become of early data (<c>s2n_connection_get_early_data_status</c>). On a client that gave some and does not find
    /// <see cref="S2nEarlyDataStatus.Accepted"/> here, it is time to write it.
    /// </summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public S2nEarlyDataStatus EarlyDataStatus => Authenticated().EarlyDataStatus;

    /// <summary>
    /// Reads early data (0-RTT, <c>s2n_recv_early_data</c>) on a server whose context takes it (<see cref="S2nServerOptions.EarlyData"/>),
    /// as soon as it arrives: while the authenticating call goes on, or after it. <b>It may be a replay</b>, as far as
    /// the guard allows, and until the authenticating call has ended nobody knows that the client is really there.
    /// </summary>
    /// <remarks>It may be called beside the authenticating call, by one reader at a time. What is left unread when that has ended must be read before anything else: reads throw until then.</remarks>
    /// <param name="buffer">Where the data goes: at least one byte.</param>
    /// <param name="cancellationToken">Ends the wait. Nothing is lost.</param>
    /// <returns>The number of bytes; 0 when there is no more, or was none. Data that is read after the handshake is never among them.</returns>
    /// <exception cref="InvalidOperationException">The stream is not being authenticated as a server yet.</exception>
    /// <exception cref="ArgumentException">The buffer is empty.</exception>
    /// <exception cref="NotSupportedException">Another read of early data is pending.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The handshake has failed, after the data that was read: what the authenticating call throws is thrown here too.</exception>
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

    /// <summary>Reads early data when the handshake is over; see <see cref="ReadEarlyDataAsync"/>. It does not block: all of it is there.</summary>
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
            throw new InvalidOperationException("Early data is read on a server that is authenticated, or being authenticated.");
        }
    }

    /// <summary>Early data comes before all other. The handshake has just ended, and nobody reads yet.</summary>
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
