using System.Runtime.CompilerServices;
using S2nTls.Engine;
using S2nTls.Transport;

namespace S2nTls;

public partial class S2nStream
{
    /// <summary>
    /// Whether a read would return data now, without touching the inner stream: true exactly if so. It counts the data that s2n holds
    /// (<c>s2n_peek</c>) and records that have been received but not decrypted, one of which it decrypts to be sure. While a read is pending no
    /// data is left, and the answer is false.
    /// </summary>
    /// <exception cref="InvalidOperationException">The stream is not authenticated.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public bool DataAvailable
    {
        get
        {
            TlsConnection connection = Authenticated();
            if (!_readTurn.TryBorrow(fromParked: false))
            {
                return false;
            }

            try
            {
                return connection.IsDataAvailable();
            }
            finally
            {
                _transport.ReleaseReceiveBuffer();
                _readTurn.Return();
                AnswerFault();
            }
        }
    }

    /// <summary>The number of decrypted bytes ready to be read (<c>s2n_peek</c>). Records not decrypted yet do not count; 0 while a read is pending.</summary>
    /// <inheritdoc cref="DataAvailable" path="/exception"/>
    public int Available
    {
        get
        {
            TlsConnection connection = Authenticated();
            if (!_readTurn.TryBorrow(fromParked: false))
            {
                return 0;
            }

            try
            {
                return connection.Available;
            }
            finally
            {
                _readTurn.Return();
            }
        }
    }

    /// <summary>
    /// Reads available data, or waits for some. An empty buffer waits, without holding any memory of this stream, until there is data (or the end,
    /// or an error) for the next read.
    /// </summary>
    /// <param name="buffer">Receives the data. It is not touched once the returned task has completed.</param>
    /// <param name="cancellationToken">Ends the wait. Nothing is lost: the bytes arrive with the next read.</param>
    /// <returns>The number of bytes; 0 after the peer's <c>close_notify</c>, however often it is called.</returns>
    /// <exception cref="S2nException">
    /// The peer broke the protocol or sent an alert; or, with <see cref="S2nErrorType.Closed"/>, the transport
    /// ended without a <c>close_notify</c>, so that data may have been cut off (RFC 8446 §6.1;
    /// <see cref="S2nContextOptions.IgnoreUnexpectedEof"/> accepts it).
    /// </exception>
    /// <exception cref="IOException">
    /// The inner stream failed; if it threw something other than an IOException, that is the inner exception. The next read tries again.
    /// </exception>
    /// <exception cref="NotSupportedException">Another read is pending.</exception>
    /// <exception cref="InvalidOperationException">The stream is not authenticated.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed, or was while the read waited.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        TlsConnection connection = Authenticated();
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : ReadAsync<NonBlocking>(connection, buffer, cancellationToken);
    }

    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        _ = Authenticated();
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        TlsConnection connection = Authenticated();
        ValidateBufferArguments(buffer, offset, count);
        return Completed(ReadAsync<Blocking>(connection, buffer.AsMemory(offset, count), CancellationToken.None));
    }

    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    public override unsafe int Read(Span<byte> buffer)
    {
        TlsConnection connection = Authenticated();

        // The synchronous loop uses the memory only on this thread, and has ended when it returns.
        fixed (byte* start = buffer)
        {
            using BorrowedMemory memory = BorrowedMemory.Rent(start, buffer.Length);
            return Completed(ReadAsync<Blocking>(connection, memory.Memory, CancellationToken.None));
        }
    }

    /// <summary>Reads one byte.</summary>
    /// <returns>The byte, or −1 after the peer's <c>close_notify</c>.</returns>
    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)" path="/exception"/>
    public override int ReadByte()
    {
        byte one = 0;
        return Read(new Span<byte>(ref one)) == 0 ? -1 : one;
    }

    /// <summary>Reads everything until the peer closes, and writes it to <paramref name="destination"/>.</summary>
    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)" path="/exception"/>
    public override void CopyTo(Stream destination, int bufferSize)
    {
        _ = Authenticated(); // the base class would report a stream that cannot read yet as closed
        base.CopyTo(destination, bufferSize);
    }

    /// <inheritdoc cref="CopyTo(Stream, int)"/>
    public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        _ = Authenticated();
        return base.CopyToAsync(destination, bufferSize, cancellationToken);
    }

    /// <inheritdoc/>
#pragma warning disable CA1725 // SslStream has these names
    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? asyncCallback, object? asyncState) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), asyncCallback, asyncState);
#pragma warning restore CA1725

    /// <inheritdoc/>
    public override int EndRead(IAsyncResult asyncResult)
    {
        _ = Authenticated();
        return TaskToAsyncResult.End<int>(asyncResult);
    }

    /// <summary>The result of a completed call in the blocking mode.</summary>
    private static int Completed(ValueTask<int> call) => call.GetAwaiter().GetResult();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadAsync<TMode>(TlsConnection connection, Memory<byte> buffer, CancellationToken cancellationToken)
        where TMode : IInputOutputMode
    {
        _readTurn.Enter();
        bool isBelow = false; // if set, exceptions come from the inner stream, or are of a type that says what they are
        try
        {
            while (true)
            {
                int count = 0;
                DecryptStatus status = buffer.IsEmpty ? connection.LookAhead() : connection.Decrypt(buffer.Span, out count);
                if (status != DecryptStatus.NeedsCiphertext)
                {
                    return count;
                }

                isBelow = true;
                if (buffer.IsEmpty)
                {
                    await WaitToReceiveAsync<TMode>(cancellationToken).ConfigureAwait(false);
                }

                // Inlined from ReceiveAsync: the path of every read that waits has only one state machine.
                _transport.PrepareToReceive();
                _readTurn.Park();
                try
                {
                    await TMode.ReceiveAsync(_transport, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    _readTurn.Unpark();
                }

                _transport.AcceptReceived();
                isBelow = false;
            }
        }
        catch (Exception e) when (Translated(e, isBelow, cancellationToken) is { } translated)
        {
            throw translated;
        }
        finally
        {
            LeaveRead();
            AnswerFault();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveAsync<TMode>(CancellationToken cancellationToken)
        where TMode : IInputOutputMode
    {
        _transport.PrepareToReceive();
        _readTurn.Park();
        try
        {
            await TMode.ReceiveAsync(_transport, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _readTurn.Unpark();
        }

        _transport.AcceptReceived();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitToReceiveAsync<TMode>(CancellationToken cancellationToken)
        where TMode : IInputOutputMode
    {
        _transport.ReleaseReceiveBuffer();
        _readTurn.Park();
        try
        {
            await TMode.WaitToReceiveAsync(_transport, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _readTurn.Unpark();
        }
    }

    /// <summary>Ends a reader's turn; if the stream was disposed while it waited, there is no turn to end.</summary>
    private void LeaveRead()
    {
        if (_readTurn.IsActive)
        {
            _transport.ReleaseReceiveBuffer();
            _readTurn.Leave(); // and lets a caller that disposed meanwhile do the rest
        }
    }
}
