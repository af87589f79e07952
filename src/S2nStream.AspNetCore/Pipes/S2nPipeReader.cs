using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Connections;

namespace S2nTls.AspNetCore.Pipes;

/// <summary>
/// The reader from which a server reads decrypted data. It waits without memory, and decrypts into the server's own blocks when there is something
/// to decrypt: an idle connection holds no memory here.
/// </summary>
/// <param name="stream">The authenticated stream. Its owner disposes it.</param>
/// <param name="transport">The source of the stream's ciphertext: cancellation is done there.</param>
/// <param name="pool">The server's blocks.</param>
internal sealed class S2nPipeReader(S2nStream stream, PipeReader transport, MemoryPool<byte> pool) : PipeReader
{
    private const int BlockSize = 4096;

    /// <summary>For bulk data: the most that a record holds (RFC 8446 §5.1).</summary>
    private const int BulkBlockSize = 16 * 1024;

    /// <summary>Less room than this at the end of a block is not worth a read.</summary>
    private const int WorthReading = 512;

    private SegmentStack _spare;
    private Segment? _head;
    private Segment? _tail;
    private int _consumed;
    private long _buffered;
    private bool _isExamined;
    private bool _isEnded;
    private bool _isBulk;
    private bool _isCompleted;
    private int _isCancelRequested;

    private bool HasNews => _isEnded || (_buffered > 0 && !_isExamined);

    private ReadOnlySequence<byte> Buffer =>
        _head is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_head, _consumed, _tail!, _tail!.Length);

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<ReadResult>(cancellationToken)
        : TryRead(out ReadResult result) ? new ValueTask<ReadResult>(result)
        : ReceiveAsync(cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfCompleted();
        bool isCanceled = Interlocked.Exchange(ref _isCancelRequested, 0) != 0;
        if (isCanceled || HasNews)
        {
            result = new ReadResult(Buffer, isCanceled, _isEnded);
            return true;
        }

        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_head is null || consumed.GetObject() is not Segment first)
        {
            return; // there was nothing to consume
        }

        _isExamined = examined.GetObject() is Segment last && last.RunningIndex + examined.GetInteger() == _tail!.RunningIndex + _tail.Length;
        while (_head != first)
        {
            DropHead();
        }

        int index = consumed.GetInteger();
        _buffered -= index - _consumed;
        _consumed = index;
        if (_buffered == 0)
        {
            DropHead();
        }
    }

    /// <summary>Callable from any thread. A waiting read ends, or, if there is none, the next one does.</summary>
    public override void CancelPendingRead()
    {
        Volatile.Write(ref _isCancelRequested, 1);
        transport.CancelPendingRead();
    }

    public override void Complete(Exception? exception = null)
    {
        if (!_isCompleted)
        {
            _isCompleted = true;
            _spare.ReturnAll(_head);
            _head = _tail = null;
            _buffered = 0;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
                Memory<byte> room = PrepareRoom();
                int count = await stream.ReadAsync(room, cancellationToken).ConfigureAwait(false); // completes at once: there is data
                _isBulk = count == room.Length;
                _isEnded = count == 0;
                _isExamined = false;
                _tail!.Commit(count);
                _buffered += count;
                if (_buffered == 0)
                {
                    DropHead();
                }
            }
            catch (IOException e) when (e.InnerException is ConnectionAbortedException aborted)
            {
                ExceptionDispatchInfo.Throw(aborted); // unchanged: the server recognizes it by its type
            }
            catch (IOException e) when (e.InnerException?.GetType() == typeof(OperationCanceledException))
            {
                if (Volatile.Read(ref _isCancelRequested) == 0)
                {
                    continue; // left in the transport by a cancellation that has already been reported
                }
            }

            return new ReadResult(Buffer, Interlocked.Exchange(ref _isCancelRequested, 0) != 0, _isEnded);
        }
    }

    private Memory<byte> PrepareRoom()
    {
        if (_tail is null || _tail.Room.Length < WorthReading)
        {
            Segment next = _spare.Rent(pool, _isBulk ? BulkBlockSize : BlockSize);
            if (_tail is null)
            {
                _head = next;
                _consumed = 0;
            }
            else
            {
                next.Follow(_tail);
            }

            _tail = next;
        }

        return _tail.Room;
    }

    private void DropHead()
    {
        Segment gone = _head!;
        _buffered -= gone.Length - _consumed;
        _consumed = 0;
        _head = gone.Next;
        if (_head is null)
        {
            _tail = null;
        }

        _spare.Return(gone);
    }

    private void ThrowIfCompleted()
    {
        if (_isCompleted)
        {
            throw new InvalidOperationException("The reader is completed: nothing more can be read.");
        }
    }
}
