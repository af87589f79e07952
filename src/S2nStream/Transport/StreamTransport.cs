using System.Net;
using System.Net.Sockets;
using S2nTls.Engine;

namespace S2nTls.Transport;

/// <summary>
/// Ciphertext over a bidirectional <see cref="Stream"/>. The caller's cancellation never reaches the inner stream, which might lose or tear what
/// it was doing; see <see cref="DetachableOperation"/>. Only if the inner stream is left open does closing cancel what still runs there: nothing
/// else would end it.
/// </summary>
internal sealed class StreamTransport : CiphertextTransport
{
    private readonly Stream _inner;
    private readonly CancellationTokenSource? _lifetime;
    private readonly DetachableOperation _receive;
    private readonly DetachableOperation _send;
    private readonly InboundBuffer _inbound = new();
    private readonly OutboundBuffer _outbound = new();

    /// <summary>Whether the pending receive is a zero-byte read, which tells that there is data, and nothing about the end.</summary>
    private bool _receiveIsProbe;

    /// <summary>Where the next read's bytes go.</summary>
    private Memory<byte> _room;

    /// <summary>The result of the last read, until it is accepted: a count of bytes, 0 for the end.</summary>
    private int? _received;

    internal StreamTransport(Stream inner, bool leaveOpen)
        : base(leaveOpen)
    {
        _inner = inner;
        _lifetime = leaveOpen ? new CancellationTokenSource() : null;
        _receive = new DetachableOperation(FinishReceive);
        _send = new DetachableOperation(FinishSend);
    }

    internal override EndPoint? RemoteEndPoint
    {
        get
        {
            try
            {
                return (_inner as NetworkStream)?.Socket.RemoteEndPoint;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return null; // the handshake will meet it
            }
        }
    }

    internal override InboundCiphertext Inbound => _inbound;

    internal override OutboundCiphertext Outbound => _outbound;

    private CancellationToken Lifetime => _lifetime?.Token ?? CancellationToken.None;

    internal override void PrepareToReceive()
    {
        // While an abandoned read is pending, the room belongs to the inner stream.
        if (!_receive.IsPending)
        {
            _room = _inbound.Prepare();
        }
    }

    internal override ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        if (!_receive.IsPending)
        {
            ValueTask<int> read = _inner.ReadAsync(_room, Lifetime);
            if (read.IsCompleted) // a failure too is known at once: that is how a pool detects a dead connection
            {
                _received = read.Result;
                return ValueTask.CompletedTask;
            }

            _receiveIsProbe = false;
            _receive.Start(read);
        }

        return _receive.WaitAsync(cancellationToken);
    }

    internal override ValueTask WaitToReceiveAsync(CancellationToken cancellationToken)
    {
        if (!_receive.IsPending)
        {
            ValueTask<int> probe = _inner.ReadAsync(Memory<byte>.Empty, Lifetime);
            if (probe.IsCompleted)
            {
                _ = probe.Result;
                return ValueTask.CompletedTask;
            }

            _receiveIsProbe = true;
            _receive.Start(probe);
        }

        return _receive.WaitAsync(cancellationToken);
    }

    internal override void Receive()
    {
        // Left by a cancelled asynchronous read: its bytes come first.
        if (_receive.IsPending)
        {
            _receive.Wait();
            return;
        }

        _received = _inner.Read(_room.Span);
    }

    internal override void WaitToReceive()
    {
        if (_receive.IsPending)
        {
            _receive.Wait();
            return;
        }

        _ = _inner.Read([]);
    }

    internal override void AcceptReceived()
    {
        if (_received is { } count)
        {
            _received = null;
            if (count == 0)
            {
                _inbound.Complete();
            }
            else
            {
                _inbound.Commit(count);
            }
        }
    }

    internal override void ReleaseReceiveBuffer()
    {
        if (!_receive.IsPending)
        {
            _inbound.ReleaseIfEmpty();
        }
    }

    internal override void DiscardReceived()
    {
        // An abandoned read may still be writing into the array: then it is left to the garbage collector.
        if (!_receive.IsPending)
        {
            _inbound.Discard();
        }
    }

    internal override ValueTask PrepareToSendAsync(CancellationToken cancellationToken) =>
        _send.IsPending ? _send.WaitAsync(cancellationToken) : ValueTask.CompletedTask;

    internal override void PrepareToSend()
    {
        if (_send.IsPending)
        {
            _send.Wait();
        }
    }

    internal override bool IsSendingUnwatched => _send.IsRunning;

    internal override ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (_outbound.IsEmpty)
        {
            return ValueTask.CompletedTask;
        }

        ValueTask write = _inner.WriteAsync(_outbound.Written, Lifetime);
        if (write.IsCompletedSuccessfully)
        {
            write.GetAwaiter().GetResult();
            _outbound.Release();
            return ValueTask.CompletedTask;
        }

        _send.Start(write);
        return _send.WaitAsync(cancellationToken);
    }

    internal override void Send()
    {
        if (!_outbound.IsEmpty)
        {
            _inner.Write(_outbound.Written.Span);
            _outbound.Release();
        }
    }

    internal override ValueTask FlushAsync(CancellationToken cancellationToken) => new(_inner.FlushAsync(cancellationToken));

    internal override void Flush() => _inner.Flush();

    internal override void StopReceiving() => _receive.Stop();

    internal override void StopSending() => _send.Stop();

    internal override bool ClosesAfterSending => false;

    internal override async ValueTask CloseAsync()
    {
        if (_lifetime is not null)
        {
            await _lifetime.CancelAsync().ConfigureAwait(false);
        }

        if (!LeavesOpen)
        {
            await _inner.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal override void Close()
    {
        _lifetime?.Cancel();
        if (!LeavesOpen)
        {
            _inner.Dispose();
        }
    }

    private void FinishReceive(int count)
    {
        // After a probe the caller finds nothing new, and tries again.
        if (!_receiveIsProbe)
        {
            _received = count;
        }
    }

    private void FinishSend(int _) => _outbound.Release();
}
