using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using S2nTls.Engine;
using S2nTls.Transport;

namespace S2nTls;

public partial class S2nStream
{
    /// <summary>
    /// How much plaintext is encrypted before it is sent: four full records, in one inner write. It bounds the memory that a write of any size
    /// takes. Measured over TCP: 40 % more data in the same CPU time than with one record; eight records gained nothing more.
    /// </summary>
    private const int WriteSlice = 4 * 16 * 1024;

    /// <summary>
    /// Encrypts the whole buffer, and completes when all its ciphertext has been handed to the inner stream. An empty buffer sends nothing, and
    /// may be written at any time.
    /// </summary>
    /// <param name="buffer">The data. It is not touched once the returned task has completed.</param>
    /// <param name="cancellationToken">
    /// Ends the wait. The stream stays usable: no record is torn or sent twice, because what is already encrypted continues to be sent, and the
    /// next write waits for it. So some part of the buffer, from its start, reaches the peer and the rest never will; which part is not known
    /// here. If cancelled before it began, a write sends nothing.
    /// </param>
    /// <exception cref="InvalidOperationException">The stream is not authenticated, or its write side is closed.</exception>
    /// <exception cref="IOException">
    /// The inner stream failed, now or at an earlier write (if it threw something other than an IOException, that is the inner exception): a
    /// record may be torn, so no write can follow.
    /// </exception>
    /// <exception cref="S2nException">The connection has failed; or it uses TLS 1.2 and the peer has closed it.</exception>
    /// <exception cref="NotSupportedException">Another write is pending.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed, or was while the write waited.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        TlsConnection connection = Authenticated();
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled(cancellationToken)
            : WriteAsync<NonBlocking, OnePiece>(connection, new OnePiece(buffer), cancellationToken);
    }

    /// <summary>
    /// Encrypts the whole sequence as if it were one buffer, without copying it together: small segments share records
    /// (<c>s2n_sendv_with_offset</c>). Otherwise like <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.
    /// </summary>
    /// <param name="buffers">The data. Its memory is not touched once the returned task has completed.</param>
    /// <param name="cancellationToken"><inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)" path="/param[@name='cancellationToken']"/></param>
    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)" path="/exception"/>
    public ValueTask WriteAsync(ReadOnlySequence<byte> buffers, CancellationToken cancellationToken = default)
    {
        TlsConnection connection = Authenticated();
        return
            cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken)
            : buffers.IsSingleSegment ? WriteAsync<NonBlocking, OnePiece>(connection, new OnePiece(buffers.First), cancellationToken)
            : WriteAsync<NonBlocking, Pieces>(connection, new Pieces(buffers), cancellationToken);
    }

    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        _ = Authenticated();
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        TlsConnection connection = Authenticated();
        ValidateBufferArguments(buffer, offset, count);
        Completed(WriteAsync<Blocking, OnePiece>(connection, new OnePiece(buffer.AsMemory(offset, count)), CancellationToken.None));
    }

    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        TlsConnection connection = Authenticated();

        // As in Read: the loop has ended when it returns; it only reads the memory.
        fixed (byte* start = buffer)
        {
            using BorrowedMemory memory = BorrowedMemory.Rent(start, buffer.Length);
            Completed(WriteAsync<Blocking, OnePiece>(connection, new OnePiece(memory.Memory), CancellationToken.None));
        }
    }

    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public void Write(byte[] buffer)
    {
        _ = Authenticated();
        ArgumentNullException.ThrowIfNull(buffer);
        Write(buffer, 0, buffer.Length);
    }

    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public override void WriteByte(byte value) => Write(new ReadOnlySpan<byte>(in value));

    /// <inheritdoc/>
#pragma warning disable CA1725 // SslStream has these names
    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? asyncCallback, object? asyncState) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), asyncCallback, asyncState);
#pragma warning restore CA1725

    /// <inheritdoc/>
    public override void EndWrite(IAsyncResult asyncResult)
    {
        _ = Authenticated();
        TaskToAsyncResult.End(asyncResult);
    }

    /// <summary>Flushes the inner stream. This stream itself buffers nothing: a completed write has handed everything to the inner stream.</summary>
    public override void Flush()
    {
        ThrowIfDisposed();
        _transport.Flush();
    }

    /// <inheritdoc cref="Flush"/>
    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        return _transport.FlushAsync(cancellationToken).AsTask();
    }

    private ValueTask WriteAsync<TMode, TPlaintext>(TlsConnection connection, TPlaintext plaintext, CancellationToken cancellationToken)
        where TMode : IInputOutputMode
        where TPlaintext : struct, IOutgoing
    {
        if (!plaintext.IsEmpty)
        {
            return SendAsync<TMode, TPlaintext>(connection, plaintext, cancellationToken);
        }

        try
        {
            ThrowIfWriteSideUnusable();
            return ValueTask.CompletedTask;
        }
        catch (Exception e)
        {
            return ValueTask.FromException(e);
        }
    }

    private static void Completed(ValueTask call) => call.GetAwaiter().GetResult();

    /// <summary>Throws if nothing more can be written.</summary>
    internal void ThrowIfWriteSideUnusable()
    {
        ThrowIfDisposed();
        _connection?.ThrowIfFaulted(); // more specific than that the fault closed the write side
        if (_writeTurn.IsClosed)
        {
            throw new InvalidOperationException("The write side of the stream is closed.");
        }

        _writeTurn.ThrowIfFailed();
    }

    /// <summary>Takes the turn, encrypts and sends. Everything that produces ciphertext after the handshake goes through here.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync<TMode, TOutgoing>(TlsConnection connection, TOutgoing outgoing, CancellationToken cancellationToken)
        where TMode : IInputOutputMode
        where TOutgoing : struct, IOutgoing
    {
        if (!TOutgoing.IsWrite || !TryEnterWrite())
        {
            await _writeTurn.EnterAsync<TMode>(cancellationToken).ConfigureAwait(false); // a write waits for a KeyUpdate, which belongs to no write
        }

        bool isBelow = false; // if set, exceptions come from the inner stream
        try
        {
            outgoing.Check(this);
            isBelow = true;
            await TMode.PrepareToSendAsync(_transport, cancellationToken).ConfigureAwait(false);
            while (!outgoing.IsEmpty)
            {
                isBelow = false;
                outgoing.Encrypt(this, connection, WriteSlice);
                isBelow = true;
                await TMode.SendAsync(_transport, cancellationToken).ConfigureAwait(false);
            }

            if (TOutgoing.IsFlushed)
            {
                isBelow = false; // all has been sent: a write may still follow
                await TMode.FlushAsync(_transport, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (isBelow && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            var shown = ExceptionDispatchInfo.Capture(Translated(e, isBelow: true, cancellationToken) ?? e);
            _writeTurn.Fail(shown);
            shown.Throw();
            throw;
        }
        catch (Exception e) when (Translated(e, isBelow, cancellationToken) is { } translated)
        {
            throw translated;
        }
        finally
        {
            _writeTurn.Leave();
            AnswerFault();
        }
    }

    /// <returns>False if the turn is briefly taken by something that is not a write.</returns>
    /// <exception cref="NotSupportedException">Another write is in progress.</exception>
    private bool TryEnterWrite()
    {
        while (!_writeTurn.TryEnter())
        {
            ThrowIfWriteSideUnusable();
            if (_writeTurn.IsForKeyUpdate)
            {
                return false;
            }

            if (_writeTurn.IsHeld)
            {
                throw new NotSupportedException("A write is already pending: one write at a time.");
            }
        }

        return true;
    }
}
