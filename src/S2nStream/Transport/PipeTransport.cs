using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using S2nTls.Engine;

namespace S2nTls.Transport;

/// <summary>
/// Ciphertext over an <see cref="IDuplexPipe"/>. A pipe keeps what a cancelled read did not consume and what a cancelled flush did not wait for,
/// so cancellation can be passed to it.
/// </summary>
/// <remarks>Pipes have no synchronous calls: as in <see cref="PipeReader.AsStream"/>, the synchronous ones here block on the asynchronous.</remarks>
internal sealed class PipeTransport : CiphertextTransport
{
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly InboundSequence _inbound;
    private readonly OutboundPipe _outbound;
    private ReadResult _received;
    private volatile bool _receivingStopped;
    private volatile bool _sendingStopped;

    internal PipeTransport(IDuplexPipe pipe, bool leaveOpen)
        : base(leaveOpen)
    {
        _input = pipe.Input;
        _output = pipe.Output;
        _inbound = new InboundSequence(_input);
        _outbound = new OutboundPipe(_output);
    }

    internal override InboundCiphertext Inbound => _inbound;

    internal override OutboundCiphertext Outbound => _outbound;

    internal override void PrepareToReceive() => _inbound.Return();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal override async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_receivingStopped, typeof(S2nStream));
        _received = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    internal override void AcceptReceived()
    {
        ReadResult result = _received;
        _received = default;
        _inbound.Hold(result.Buffer);
        if (!result.Buffer.IsEmpty)
        {
            if (result.IsCanceled)
            {
                // It came together with bytes, which may not be enough to end the read: it applies to the next read too.
                _input.CancelPendingRead();
            }
        }
        else
        {
            if (result.IsCanceled)
            {
                // Another user of the pipe called CancelPendingRead, as servers do when they stop.
                throw new OperationCanceledException("The read from the pipe was cancelled.");
            }

            if (result.IsCompleted)
            {
                _inbound.Complete();
            }
        }
    }

    // A pipe holds the buffers itself: receiving waits without one anyway.
    internal override ValueTask WaitToReceiveAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    internal override void Receive() => ReceiveAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    internal override void WaitToReceive() { }

    internal override void ReleaseReceiveBuffer() => _inbound.ReleaseIfEmpty();

    internal override void DiscardReceived() => _inbound.Return();

    internal override ValueTask PrepareToSendAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    internal override void PrepareToSend() { }

    internal override bool IsSendingUnwatched => false;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal override async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (_outbound.IsEmpty)
        {
            return;
        }

        ObjectDisposedException.ThrowIf(_sendingStopped, typeof(S2nStream));
        _outbound.Flushing();
        FlushResult result = await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (result.IsCanceled)
        {
            ObjectDisposedException.ThrowIf(_sendingStopped, typeof(S2nStream));
            throw new OperationCanceledException("The flush of the pipe was cancelled.");
        }

        if (result.IsCompleted)
        {
            throw new IOException("The other end of the pipe has stopped reading.");
        }
    }

    internal override void Send() => SendAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    // A send is already a flush.
    internal override ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    internal override void Flush() { }

    internal override void StopReceiving()
    {
        _receivingStopped = true;
        _input.CancelPendingRead();
    }

    internal override void StopSending()
    {
        _sendingStopped = true;
        _output.CancelPendingFlush();
    }

    internal override bool ClosesAfterSending => true;

    internal override async ValueTask CloseAsync()
    {
        if (!LeavesOpen)
        {
            await _output.CompleteAsync().ConfigureAwait(false);
            await _input.CompleteAsync().ConfigureAwait(false);
        }
    }

    internal override void Close()
    {
        if (!LeavesOpen)
        {
            _output.Complete();
            _input.Complete();
        }
    }
}
