using S2nTls.Engine;
using S2nTls.Transport;

namespace S2nTls;

public partial class S2nStream
{
    /// <summary>
    /// Closes the write side (half-close): sends <c>close_notify</c>, after a write that is going on. Writes
    /// throw from then on; reads go on until the peer's own end. A second call does nothing.
    /// </summary>
    /// <remarks>
    /// On TLS 1.3 the two directions end separately (RFC 8446 §6.1). On TLS 1.2 and before the call works
    /// too, but a peer that follows RFC 5246 §7.2.1 drops what it has not sent yet, answers with its own
    /// <c>close_notify</c> and closes; and s2n decrypts nothing more on this side. Data that has arrived by
    /// then can still be read; if more arrives, the next read throws an <see cref="S2nException"/> of type
    /// closed instead of losing it silently. Use it there only where the peer has nothing more to say.
    /// </remarks>
    /// <param name="cancellationToken">
    /// Ends the wait. Cancelled before its turn, the write side stays open; later, the alert goes on being sent.
    /// </param>
    /// <exception cref="InvalidOperationException">The stream is not authenticated.</exception>
    /// <exception cref="IOException">The inner stream failed, now or at an earlier write.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed, or was while the call waited.</exception>
    public Task ShutdownWriteAsync(CancellationToken cancellationToken = default)
    {
        TlsConnection connection = Authenticated();
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled(cancellationToken)
            : ShutdownWriteAsync<NonBlocking>(connection, cancellationToken);
    }

    /// <inheritdoc cref="ShutdownWriteAsync(CancellationToken)"/>
    public void ShutdownWrite() =>
        ShutdownWriteAsync<Blocking>(Authenticated(), CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>
    /// The same as <see cref="ShutdownWriteAsync(CancellationToken)"/>, under the name that it has in
    /// <see cref="System.Net.Security.SslStream"/>: it sends <c>close_notify</c> and does not wait for the peer's.
    /// </summary>
    public virtual Task ShutdownAsync() => ShutdownWriteAsync(CancellationToken.None);

    private async Task ShutdownWriteAsync<TMode>(TlsConnection connection, CancellationToken cancellationToken)
        where TMode : IInputOutputMode
    {
        await TMode.WaitAsync(_writeTurn, cancellationToken).ConfigureAwait(false);
        bool isBelow = false; // as in WriteAsync
        try
        {
            ThrowIfDisposed();
            _writeFailure?.Throw();
            isBelow = true;
            await TMode.PrepareToSendAsync(_transport, cancellationToken).ConfigureAwait(false);
            isBelow = false;
            if (!_writeClosed)
            {
                AppendCloseNotify(connection);
                isBelow = true;
                await TMode.SendAsync(_transport, cancellationToken).ConfigureAwait(false);
                isBelow = false;
                await TMode.FlushAsync(_transport, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (isBelow && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            NoteWriteFailure(e, cancellationToken).Throw();
            throw;
        }
        catch (Exception e) when (IsDisposed && e is not ObjectDisposedException)
        {
            throw new ObjectDisposedException(GetType().FullName, e);
        }
        finally
        {
            _writeTurn.Release();
            AnswerFault(); // before TLS 1.3 it decrypts what is there
        }
    }

    private void AppendCloseNotify(TlsConnection connection)
    {
        if (!connection.CloseWriteNeedsReadSide)
        {
            connection.CloseWrite();
            _writeClosed = true;
            return;
        }

        bool borrowed = _readTurn.TryBorrow(fromParked: true);
        try
        {
            // Not borrowed means that the stream is being disposed: then nobody reads any more.
            connection.CloseWrite(isReadOn: borrowed);
            _writeClosed = true;
        }
        finally
        {
            if (borrowed)
            {
                _readTurn.Return();
            }
        }
    }
}
