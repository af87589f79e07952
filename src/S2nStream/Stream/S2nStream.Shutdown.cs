using S2nTls.Engine;
using S2nTls.Transport;

namespace S2nTls;

public partial class S2nStream
{
    /// <summary>
    /// Closes the write side (half-close): sends <c>close_notify</c>, after a write in progress. From then on writes throw; reads continue until
    /// the peer's own end. A second call does nothing.
    /// </summary>
    /// <remarks>
    /// On TLS 1.3 the two directions end separately (RFC 8446 §6.1). On TLS 1.2 and earlier the call works too, but a peer that follows RFC 5246
    /// §7.2.1 drops what it has not sent yet, answers with its own <c>close_notify</c> and closes; and s2n decrypts nothing more on this side.
    /// Data that has arrived by then can still be read; if more arrives, the next read throws an <see cref="S2nException"/> of type
    /// <see cref="S2nErrorType.Closed"/> instead of losing it silently. Use it there only if the peer has nothing more to say.
    /// </remarks>
    /// <param name="cancellationToken">
    /// Ends the wait. If cancelled before its turn, the write side stays open; later, the alert is still sent.
    /// </param>
    /// <exception cref="InvalidOperationException">The stream is not authenticated.</exception>
    /// <exception cref="IOException">The inner stream failed, now or at an earlier write.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed, or was while the call waited.</exception>
    public Task ShutdownWriteAsync(CancellationToken cancellationToken = default)
    {
        TlsConnection connection = Authenticated();
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled(cancellationToken)
            : SendAsync<NonBlocking, CloseNotify>(connection, default, cancellationToken).AsTask();
    }

    /// <inheritdoc cref="ShutdownWriteAsync(CancellationToken)"/>
    public void ShutdownWrite() =>
        Completed(SendAsync<Blocking, CloseNotify>(Authenticated(), default, CancellationToken.None));

    /// <summary>
    /// The same as <see cref="ShutdownWriteAsync(CancellationToken)"/>, under its name in <see cref="System.Net.Security.SslStream"/>: it sends
    /// <c>close_notify</c> and does not wait for the peer's.
    /// </summary>
    public virtual Task ShutdownAsync() => ShutdownWriteAsync(CancellationToken.None);

    /// <summary>Throws if not even an alert can be sent.</summary>
    /// <returns>Whether the closing alert has already been sent.</returns>
    internal bool ThrowIfNothingCanBeSent()
    {
        ThrowIfDisposed();
        _writeTurn.ThrowIfFailed();
        return _writeTurn.IsClosed;
    }

    /// <summary>Appends the closing alert. The caller holds the write turn.</summary>
    internal void AppendCloseNotify(TlsConnection connection)
    {
        if (!connection.CloseWriteNeedsReadSide)
        {
            connection.CloseWrite();
            _writeTurn.Close();
            return;
        }

        bool borrowed = _readTurn.TryBorrow(fromParked: true);
        try
        {
            // Not borrowed means that the stream is being disposed: there are no more reads.
            connection.CloseWrite(isReadOn: borrowed);
            _writeTurn.Close();
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
