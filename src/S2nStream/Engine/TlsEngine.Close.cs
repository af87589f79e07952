using System.Buffers;
using System.Security.Cryptography;
using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Engine;

/// <summary>Closing the write side, and what is left of the read side then.</summary>
/// <remarks>
/// On TLS 1.3 the two sides end separately (RFC 8446 §6.1). Before that, an end in one direction was the end
/// of both (RFC 5246 §7.2.1), and s2n keeps to it: once it has sent its close_notify it decrypts nothing
/// more. So what is at hand is decrypted and set aside first; afterwards s2n only waits for the peer's
/// close_notify, and data that the peer had still on its way is an error here, not silently lost.
/// </remarks>
internal sealed unsafe partial class TlsEngine
{
    private const byte FatalAlert = 2;

    private bool _writeClosedBeforeTls13;
    private bool _peerSentDataAfterClose;
    private ArrayBufferWriter<byte>? _setAside;
    private int _setAsideTaken;

    private bool EndsBothSides => S2n.s2n_connection_get_actual_protocol_version(_connection) < ProtocolVersions.Tls13;

    private int SetAsideCount => (_setAside?.WrittenCount ?? 0) - _setAsideTaken;

    /// <summary>Whether <see cref="CloseWrite"/> touches the read side, so that no other thread may be decrypting.</summary>
    internal bool CloseWriteNeedsReadSide => _handshakeDone && EndsBothSides;

    /// <summary>
    /// Appends the closing alert: <c>close_notify</c>, or after a fault the alert that tells the peer of it
    /// (<c>s2n_shutdown_send</c>). Nothing can be encrypted afterwards.
    /// </summary>
    /// <param name="isReadOn">Whether somebody may still read what has arrived: the read side is the caller's then, where <see cref="CloseWriteNeedsReadSide"/>.</param>
    /// <exception cref="S2nException">Nothing can be sent any more, not even an alert.</exception>
    internal void CloseWrite(bool isReadOn = true)
    {
        if (_transportFault is { IsAnswered: false } torn)
        {
            throw torn.ToException(); // s2n would send the rest of the record first
        }

        if (ClearAlert is { } alert)
        {
            // The record's version: 3.1 for TLS 1.0, and so on to 3.3, where it stays (RFC 8446 §5.1), and which goes where none is agreed on yet.
            int version = S2n.s2n_connection_get_actual_protocol_version(_connection);
            int minor = version is >= ProtocolVersions.Tls10 and <= ProtocolVersions.Tls12 ? version - ProtocolVersions.Tls10 + 1 : 3;
            _outbound.Append([ContentType.Alert, 3, (byte)minor, 0, 2, FatalAlert, (byte)alert]);
            return;
        }

        if (isReadOn && CloseWriteNeedsReadSide && _fault is null)
        {
            SetAside();
            _writeClosedBeforeTls13 = true;
        }

        bool isClosed;
        lock (_sending)
        {
            isClosed = S2n.s2n_shutdown_send(_connection, out _) == S2n.Success;
        }

        if (!isClosed)
        {
            throw FailWrite(LastError());
        }
    }

    private void SetAside()
    {
        while (_fault is null)
        {
            _setAside ??= new ArrayBufferWriter<byte>();
            Span<byte> room = _setAside.GetSpan(MaxPlaintextPerRecord);
            fixed (byte* destination = room)
            {
                int got = Receive(destination, room.Length, mayThrow: false, out _);
                if (got == 0)
                {
                    return;
                }

                _setAside.Advance(got);
            }
        }
    }

    private int TakeSetAside(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, SetAsideCount);
        if (count > 0)
        {
            _setAside!.WrittenSpan.Slice(_setAsideTaken, count).CopyTo(destination);
            _setAsideTaken += count;
            if (SetAsideCount == 0)
            {
                WipeSetAside();
            }
        }

        return count;
    }

    private void WipeSetAside()
    {
        if (_setAside is { } buffer)
        {
            CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsMemory(buffer.WrittenMemory).Span);
            _setAside = null;
            _setAsideTaken = 0;
        }
    }

    /// <summary>TLS 1.2 after our close_notify: <c>s2n_shutdown</c> reads on until the peer's.</summary>
    private EngineStatus AwaitPeersEnd()
    {
        ThrowIfFaulted();
        bool ended;
        lock (_receiving)
        {
            ended = S2n.s2n_shutdown(_connection, out _) == S2n.Success;
        }

        S2nError error = ended ? default : LastError();
        if (_peerSentDataAfterClose)
        {
            throw new S2nFault(
                S2nErrorType.Closed,
                "S2N_ERR_CLOSED",
                "The peer sent data after this side's close_notify, which on TLS 1.2 and before ends both directions: the data is lost (S2N_ERR_CLOSED).").ToException();
        }

        if (ended)
        {
            return EngineStatus.Closed;
        }

        return error.Type switch
        {
            S2nErrorType.Blocked => EngineStatus.NeedsCiphertext,
            S2nErrorType.Closed when _ignoreUnexpectedEof => EngineStatus.Closed,
            S2nErrorType.Closed => throw S2nFault.Capture(error).ToException(),
            _ => throw Fail(error),
        };
    }

    /// <summary>Sees what s2n takes in: the first bytes of a conversation, the handshake, and records that it will drop unread.</summary>
    private void Observe(ReadOnlySpan<byte> taken, int asked)
    {
        if (!_handshakeDone)
        {
            CheckFirstBytes(taken);
            _certificateReader?.Append(taken);
            _transcript?.Received(taken);
        }
        else if (_writeClosedBeforeTls13 && asked == RecordHeader.Length && taken[0] == ContentType.ApplicationData)
        {
            // Before TLS 1.3 a record's type is in the clear, and s2n asks for exactly its header first.
            _peerSentDataAfterClose = true;
        }
    }
}
