using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Telemetry;
using S2nTls.Wire;

namespace S2nTls.Engine;

/// <content>Closing the write side, and what then remains of the read side.</content>
/// <remarks>
/// On TLS 1.3 the two sides end separately (RFC 8446 §6.1). Before that, an end in one direction was the end of both (RFC 5246 §7.2.1), and s2n
/// follows that: once it has sent its close_notify it decrypts nothing more. So received ciphertext is decrypted and set aside first; afterwards
/// s2n only waits for the peer's close_notify, and data that the peer still had on its way is an error here, not silently lost.
/// </remarks>
internal sealed partial class TlsConnection
{
    private const byte FatalAlert = 2;

    private bool _writeClosedBeforeTls13;
    private bool _peerSentDataAfterClose;
    private SetAsidePlaintext? _setAside;

    /// <summary>Whether <see cref="CloseWrite"/> touches the read side, so that no other thread may be decrypting meanwhile.</summary>
    internal bool CloseWriteNeedsReadSide => _handshake is null && EndsBothSides;

    /// <summary>
    /// Appends the closing alert: <c>close_notify</c>, or after a fault the alert that reports it to the peer (<c>s2n_shutdown_send</c>). Nothing
    /// can be encrypted afterwards.
    /// </summary>
    /// <param name="isReadOn">Whether received data may still be read: the caller then holds the read side, if <see cref="CloseWriteNeedsReadSide"/>.</param>
    /// <exception cref="S2nException">Nothing can be sent any more, not even an alert.</exception>
    internal void CloseWrite(bool isReadOn = true)
    {
        if (_transportFault is { IsAnswered: false } torn)
        {
            throw torn.ToException(); // s2n would send the rest of the record first
        }

        if (ClearAlert is { } alert)
        {
            AppendInTheClear(alert);
            AlertReport.Sent(IsServer, alert);
            return;
        }

        if (isReadOn && CloseWriteNeedsReadSide && _fault is null)
        {
            SetAside();
            _writeClosedBeforeTls13 = true;
        }

        long sentBefore = WireBytesSent;
        bool isClosed;
        lock (_buffers.Sending)
        {
            isClosed = S2n.s2n_shutdown_send(_handle, out _) == S2n.Success;
        }

        if (!isClosed)
        {
            throw FailWrite(LastError());
        }

        if (WireBytesSent > sentBefore) // after the peer's error alert, s2n sends none
        {
            AlertReport.Sent(IsServer, _handshake?.AlertInTheClear ?? TlsAlert.CloseNotify); // once it encrypts, s2n sends no other
        }
    }

    /// <summary>The record's version: 3.1 for TLS 1.0, and so on up to 3.3, where it stays (RFC 8446 §5.1), and which is also used before one is negotiated.</summary>
    private void AppendInTheClear(TlsAlert alert)
    {
        int version = S2n.s2n_connection_get_actual_protocol_version(_handle);
        int minor = version is >= ProtocolVersions.Tls10 and <= ProtocolVersions.Tls12 ? version - ProtocolVersions.Tls10 + 1 : 3;
        _outbound.Append([ContentType.Alert, 3, (byte)minor, 0, 2, FatalAlert, (byte)alert]);
    }

    private void SetAside()
    {
        _setAside ??= new SetAsidePlaintext();
        while (_fault is null)
        {
            int got = Decrypt(_setAside.GetSpan(MaxPlaintextPerRecord), mayThrow: false, out _);
            if (got == 0)
            {
                return;
            }

            _setAside.Advance(got);
        }
    }

    private int TakeSetAside(Span<byte> destination)
    {
        int count = _setAside?.Take(destination) ?? 0;
        if (_setAside is { Count: 0 })
        {
            _setAside = null; // wiped
        }

        return count;
    }

    /// <summary>On TLS 1.2 after our close_notify: <c>s2n_shutdown</c> reads until the peer's.</summary>
    private DecryptStatus AwaitPeersEnd()
    {
        ThrowIfFaulted();
        bool ended;
        lock (_buffers.Receiving)
        {
            ended = S2n.s2n_shutdown(_handle, out _) == S2n.Success;
        }

        S2nError error = ended ? default : LastError();
        if (_peerSentDataAfterClose)
        {
            throw S2nFault.DataAfterClose().ToException();
        }

        if (ended)
        {
            NotePeersCloseNotify();
            return DecryptStatus.Closed;
        }

        return error.Type switch
        {
            _ when error.IsBlocked => DecryptStatus.NeedsCiphertext,
            S2nErrorType.Closed when IgnoresUnexpectedEof => DecryptStatus.Closed,
            S2nErrorType.Closed => throw S2nFault.Capture(error).ToException(),
            _ => throw Fail(error),
        };
    }
}
