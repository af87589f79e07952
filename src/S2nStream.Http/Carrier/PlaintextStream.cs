using System.Runtime.CompilerServices;
using S2nTls.Http.Requests;

namespace S2nTls.Http.Carrier;

/// <summary>
/// A connection's plaintext as the inner handler should see it: the stream below, except that an end without <c>close_notify</c> is reported in
/// HTTP's terms.
/// </summary>
/// <remarks>
/// <para>
/// SocketsHttpHandler resends a request if the connection ends (a read of 0 bytes) before the first byte of the response: a server that closes an
/// idle connection may do so just as the next request arrives, and few then send <c>close_notify</c>. Only the handler knows whether a byte has
/// arrived, and whether the content was begun. So such an end is reported as an end if the request may be sent twice; otherwise as a truncated
/// response, which is never resent, and never taken as complete (RFC 8446 §6.1).
/// </para>
/// <para>
/// HTTP/2 needs none of this: each response itself says where it ends, and SocketsHttpHandler treats an end as a failure of all that have not
/// ended (RFC 9113 §5.1). There, all ends are reported as ends, from which it tells whether a GOAWAY announced them.
/// </para>
/// <para>
/// How it decides what is unanswered, from what was written last and read since:
/// <code>
/// Waiting ─a request that may be sent twice is written→ Unanswered ─anything else is written→ Waiting
/// Waiting, Unanswered ─bytes have come→ Answered ─the next read begins→ Waiting
/// </code>
/// A write never leaves Answered. So bytes that arrived before a request was written, and that may be its whole response, are never forgotten: a
/// request can only be unanswered if a read is waiting when it is written, as on a kept connection, or if nothing has arrived on the connection
/// yet. The reader moves the state to and from Answered, the writer between the other two, each at any time.
/// </para>
/// </remarks>
/// <param name="inner">The stream below. Disposed with this stream.</param>
/// <param name="isHttp2">Whether HTTP/2 is spoken.</param>
/// <param name="ended">Called when the stream is disposed, perhaps more than once; null if nobody wants to know.</param>
internal sealed class PlaintextStream(Stream inner, bool isHttp2, Action? ended = null) : Stream
{
    private const int Waiting = 0;
    private const int Unanswered = 1;
    private const int Answered = 2;

    private int _state;

    /// <inheritdoc/>
    public override bool CanRead => inner.CanRead;

    /// <inheritdoc/>
    public override bool CanWrite => inner.CanWrite;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanTimeout => inner.CanTimeout;

    /// <inheritdoc/>
    public override int ReadTimeout
    {
        get => inner.ReadTimeout;
        set => inner.ReadTimeout = value;
    }

    /// <inheritdoc/>
    public override int WriteTimeout
    {
        get => inner.WriteTimeout;
        set => inner.WriteTimeout = value;
    }

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        BeginRead();
        try
        {
            return Note(inner.Read(buffer));
        }
        catch (S2nException e) when (e.ErrorType == S2nErrorType.Closed)
        {
            return End(e);
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        BeginRead();
        ValueTask<int> read = inner.ReadAsync(buffer, cancellationToken);
        return read.IsCompletedSuccessfully ? new ValueTask<int>(Note(read.Result)) : AwaitAsync(read);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        BeginWrite(buffer);
        inner.Write(buffer);
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        BeginWrite(buffer.Span);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        ended?.Invoke();
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ended?.Invoke();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> AwaitAsync(ValueTask<int> read)
    {
        try
        {
            return Note(await read.ConfigureAwait(false));
        }
        catch (S2nException e) when (e.ErrorType == S2nErrorType.Closed)
        {
            return End(e);
        }
    }

    private void BeginRead()
    {
        if (Volatile.Read(ref _state) == Answered)
        {
            Volatile.Write(ref _state, Waiting); // no writer leaves Answered
        }
    }

    private int Note(int read)
    {
        if (read > 0)
        {
            Volatile.Write(ref _state, Answered);
        }

        return read;
    }

    /// <summary>Called before the write: data that arrives during it may be the answer.</summary>
    private void BeginWrite(ReadOnlySpan<byte> buffer)
    {
        if (isHttp2)
        {
            return;
        }

        if (RequestLine.IsIdempotent(buffer))
        {
            Interlocked.CompareExchange(ref _state, Unanswered, Waiting);
        }
        else if (Volatile.Read(ref _state) == Unanswered)
        {
            Interlocked.CompareExchange(ref _state, Waiting, Unanswered);
        }
    }

    /// <returns>0, if it is to be treated as an end.</returns>
    /// <exception cref="HttpIOException">It is not to be treated as an end.</exception>
    private int End(S2nException end) =>
        isHttp2 || Volatile.Read(ref _state) == Unanswered
            ? 0
            : throw new HttpIOException(HttpRequestError.ResponseEnded, "The connection ended without a close_notify, so the response may be truncated.", end);
}
