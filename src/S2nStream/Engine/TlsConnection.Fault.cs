using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Telemetry;

namespace S2nTls.Engine;

/// <content>
/// What has ended the connection, what the peer is told, and when. s2n blinds nearly all errors. A refused certificate need not be blinded: no matter
/// who decides, the decision depends only on public data, so the peer is told at once.
/// </content>
internal sealed partial class TlsConnection
{
    /// <summary>Set by the direction that meets an error first (<see cref="End"/>), and seen by the other.</summary>
    private volatile S2nFault? _fault;

    /// <summary>Why inbound ciphertext could not be read, or outbound ciphertext not stored. It stays, so that both directions see it.</summary>
    private volatile S2nFault? _transportFault;

    private Exception? _callbackException;
    private volatile bool _isLeft;

    /// <summary>Why the connection is dead, once a fatal error has ended it in both directions.</summary>
    internal S2nFault? Fault => _fault;

    /// <summary>Whether the stream was disposed while an s2n call was in application code: that call must not touch anything here any more.</summary>
    internal bool IsLeft
    {
        get => _isLeft;
        private set => _isLeft = value;
    }

    /// <summary>How long the alert, and the transport's end, must still wait after a fault.</summary>
    /// <exception cref="ObjectDisposedException">The time is over, and so is the connection.</exception>
    internal TimeSpan BlindingDelay =>
        // The fault knows it even when the connection is gone. s2n has the last word on the alert, by a clock that is not adjusted, and may be some
        // milliseconds behind: it would refuse an early alert with S2N_ERR_SHUTDOWN_PAUSED.
        _fault is { } fault && Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), fault.BlindedUntil) is var left && left > TimeSpan.Zero
            ? left
            : OwnDelay;

    /// <summary>s2n's own value (<c>s2n_connection_get_delay</c>), rounded up.</summary>
    private TimeSpan OwnDelay => TimeSpan.FromMilliseconds(Math.Ceiling(S2n.s2n_connection_get_delay(_handle) / 1e6));

    /// <summary>
    /// The alert to send in the clear, in place of s2n's. Before TLS 1.3, certificates are sent before either side encrypts (RFC 5246 §7.3); in TLS
    /// 1.3 only s2n can encrypt an alert, and all that it has for this is close_notify.
    /// </summary>
    private TlsAlert? ClearAlert =>
        _fault?.ClearAlert ?? (_fault?.CertificateAlert is { } alert && EndsBothSides && IsAtPeersCertificate ? alert : null);

    private bool IsAtPeersCertificate => _handshake is { IsAtPeersCertificate: true };

    private BlindingBudget Budget =>
        _handshake is not null ? BlindingBudget.Handshake
        : !IsServer || IsClientCertificateUsed || PreSharedKeyIdentity.Length > 0 ? BlindingBudget.Identified
        : BlindingBudget.Anonymous;

    /// <summary>
    /// Ends the connection: the only way to do so. The first fault counts, and is complete when it is set, because disposal on another thread relies
    /// on it. Only a record that may be torn takes precedence, because then the peer must be told nothing.
    /// </summary>
    /// <returns>The fault that counts.</returns>
    internal S2nFault End(S2nFault fault)
    {
        if (Interlocked.CompareExchange(ref _fault, fault, null) is not { } first)
        {
            TellAlert(fault);
            return fault;
        }

        if (!fault.IsAnswered && first.IsAnswered)
        {
            _fault = fault;
            return fault;
        }

        return first;
    }

    private void TellAlert(S2nFault fault)
    {
        if (fault.Alert is { } alert)
        {
            AlertReport.Received(IsServer, alert);
        }
    }

    internal void ThrowIfFaulted()
    {
        if (_fault is { } fault)
        {
            throw fault.ToException();
        }
    }

    /// <summary>Throws what a callback threw during the s2n call that has just returned on this thread, even if that call succeeded.</summary>
    internal void ThrowIfCallbackFailed()
    {
        ThrowIfGone(IsLeft);
        if (_transportFault is { } fault)
        {
            End(fault);
            throw fault.ToException();
        }

        if (Interlocked.Exchange(ref _callbackException, null) is { } thrown)
        {
            End(_handshake?.Refusal ?? S2nFault.ApplicationThrew(thrown)); // the peer must be told that it is over
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    /// <summary>Gets the error of the call that has just failed on this thread, or throws what a callback threw during it.</summary>
    internal S2nError LastError()
    {
        S2nError error = S2nError.Last;
        ThrowIfCallbackFailed();

        // If another thread disposed, the end of the call has freed the connection, which changed the error.
        ThrowIfGone(_handle.IsClosed);
        return error;
    }

    /// <summary>Ends the connection with an error that s2n has just reported.</summary>
    internal S2nException Fail(S2nError error)
    {
        if (_handshake is not null && error.Type == S2nErrorType.Closed && !_inbound.IsCompleted)
        {
            NotePeersCloseNotify(); // a peer that refuses without saying why
        }

        return End(Blind(_handshake?.Explain(error) ?? S2nFault.Capture(error, PeerAlert(error)), error)).ToException();
    }

    internal TlsAlert? PeerAlert(S2nError error)
    {
        if (error.Type != S2nErrorType.Alert)
        {
            return null;
        }

        int alert = S2n.s2n_connection_get_alert(_handle);
        return alert < 0 ? null : (TlsAlert)alert;
    }

    internal override void ReceiveThrew(Exception thrown) => _transportFault ??= S2nFault.NotReceived(thrown);

    internal override void SendThrew(Exception thrown) => _transportFault = S2nFault.NotSent(thrown); // replaces another, which the peer might be told

    internal override void CallbackThrew(Exception thrown) => _callbackException = thrown;

    [SuppressMessage("Maintainability", "CA1513:Use ObjectDisposedException throw helper", Justification = "It would name a type, and the stream's is above this layer.")]
    private static void ThrowIfGone(bool isGone)
    {
        if (isGone)
        {
            throw new ObjectDisposedException("S2nTls.S2nStream"); // the name by which the application knows it
        }
    }

    /// <summary>
    /// A refused write: after a fault in the other direction, that fault is the reason. Otherwise, being closed for writing only (TLS 1.2 after the
    /// peer's close_notify) says nothing about reading.
    /// </summary>
    private S2nException FailWrite(S2nError error) =>
        _fault is { } fault ? fault.ToException()
        : error.Type == S2nErrorType.Closed && EndsBothSides ? S2nFault.NotWritable(_hasPeerClosed || !_inbound.IsCompleted).ToException()
        : error.Type == S2nErrorType.Closed ? S2nFault.Capture(error).ToException()
        : Fail(error);

    /// <summary>Adds to a fault that s2n has reported what the peer may be told, and when.</summary>
    private S2nFault Blind(S2nFault fault, S2nError error)
    {
        if (IsAtPeersCertificate && CertificateAlerts.Find(error.Name) is { } alert)
        {
            ElapsedClock.EndDelay(_handle);
            fault = fault with { CertificateAlert = alert };
        }

        if (fault.ClearAlert is not null)
        {
            ElapsedClock.EndDelay(_handle); // a refused ClientHello depends only on what anyone on the path has seen
        }

        return OwnDelay is var delay && delay > TimeSpan.Zero
            ? fault with { BlindedUntil = Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency), BlindingBudget = Budget }
            : fault;
    }
}
