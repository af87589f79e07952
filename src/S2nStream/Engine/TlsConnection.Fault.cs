using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <content>What has ended the connection, and what the peer hears of it, and when. s2n blinds nearly all errors. A refusal of the peer's certificate need not
/// be: it rests on what is public, whoever judges, so the peer hears of it at once.</content>
internal sealed partial class TlsConnection
{
    /// <summary>Set by whichever direction meets an error first (<see cref="End"/>), and seen by the other.</summary>
    private volatile S2nFault? _fault;

    /// <summary>Why inbound ciphertext could not be taken, or outbound ciphertext not be put away. It stays: both directions are to see it.</summary>
    private volatile S2nFault? _transportFault;

    private Exception? _callbackException;
    private volatile bool _isLeft;

    /// <summary>Why the connection is dead, once a fatal error has ended it in both directions.</summary>
    internal S2nFault? Fault => _fault;

    /// <summary>Whether the stream was disposed while a call of s2n's was in the application's code: nothing here is that call's to touch any more.</summary>
    internal bool IsLeft
    {
        get => _isLeft;
        private set => _isLeft = value;
    }

    /// <summary>How long the alert, and the transport's end, must still wait after a fault.</summary>
    /// <exception cref="ObjectDisposedException">The time is over, and so is the connection.</exception>
    internal TimeSpan BlindingDelay =>
        // The fault knows it even when the connection is gone. s2n has the last word about the alert, by a clock that is not
        // adjusted, and may be some milliseconds behind: it would refuse an alert that comes early with S2N_ERR_SHUTDOWN_PAUSED.
        _fault is { } fault && Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), fault.BlindedUntil) is var left && left > TimeSpan.Zero
            ? left
            : OwnDelay;

    /// <summary>What s2n says of it (<c>s2n_connection_get_delay</c>), rounded up.</summary>
    private TimeSpan OwnDelay => TimeSpan.FromMilliseconds(Math.Ceiling(S2n.s2n_connection_get_delay(_handle) / 1e6));

    /// <summary>
    /// The alert that is to be sent in the clear, in s2n's place. Before TLS 1.3 certificates are shown before either side encrypts
    /// (RFC 5246 §7.3); in TLS 1.3 only s2n can encrypt an alert, and it has no other for this than close_notify.
    /// </summary>
    private TlsAlert? ClearAlert =>
        _fault?.ClearAlert ?? (_fault?.CertificateAlert is { } alert && EndsBothSides && IsAtPeersCertificate ? alert : null);

    private bool IsAtPeersCertificate => _handshake is { IsAtPeersCertificate: true };

    private BlindingBudget Budget =>
        _handshake is not null ? BlindingBudget.Handshake
        : !IsServer || IsClientCertificateUsed || PreSharedKeyIdentity.Length > 0 ? BlindingBudget.Identified
        : BlindingBudget.Anonymous;

    /// <summary>
    /// Ends the connection: the one way to. The first fault is the one that counts, and is whole when it is set, since disposal, on another
    /// thread, goes by it; only a record that may be torn comes before all else, because then the peer is to be told nothing.
    /// </summary>
    /// <returns>The fault that counts.</returns>
    internal S2nFault End(S2nFault fault)
    {
        if (Interlocked.CompareExchange(ref _fault, fault, null) is not { } first)
        {
            return fault;
        }

        if (!fault.IsAnswered && first.IsAnswered)
        {
            _fault = fault;
            return fault;
        }

        return first;
    }

    internal void ThrowIfFaulted()
    {
        if (_fault is { } fault)
        {
            throw fault.ToException();
        }
    }

    /// <summary>Throws what was thrown inside a callback of the call of s2n's that has just returned on this thread, which may have succeeded all the same.</summary>
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
            End(_handshake?.Refusal ?? S2nFault.ApplicationThrew(thrown)); // the peer is to hear that it is over
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    /// <summary>The error of the call that has just failed on this thread, or what was thrown inside a callback of it.</summary>
    internal S2nError LastError()
    {
        S2nError error = S2nError.Last;
        ThrowIfCallbackFailed();

        // If another thread disposed, the call's end has freed the connection, and with it changed the error.
        ThrowIfGone(_handle.IsClosed);
        return error;
    }

    /// <summary>Ends the connection by an error that s2n has reported just now.</summary>
    internal S2nException Fail(S2nError error) =>
        End(Blind(_handshake?.Explain(error) ?? S2nFault.Capture(error, PeerAlert(error)), error)).ToException();

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

    internal override void SendThrew(Exception thrown) => _transportFault = S2nFault.NotSent(thrown); // in the place of another, of which the peer might be told

    internal override void CallbackThrew(Exception thrown) => _callbackException = thrown;

    [SuppressMessage("Maintainability", "CA1513:Use ObjectDisposedException throw helper", Justification = "It would name a type, and the stream's is above this layer.")]
    private static void ThrowIfGone(bool isGone)
    {
        if (isGone)
        {
            throw new ObjectDisposedException("S2nTls.S2nStream"); // whoever has disposed it knows it by that name
        }
    }

    /// <summary>
    /// A refused write: after a fault in the other direction, it is the fault that says why. Otherwise a side
    /// that is closed for writing only (TLS 1.2 after the peer's close_notify) says nothing about reading.
    /// </summary>
    private S2nException FailWrite(S2nError error) =>
        _fault is { } fault ? fault.ToException()
        : error.Type == S2nErrorType.Closed ? S2nFault.Capture(error).ToException()
        : Fail(error);

    /// <summary>Completes a fault that s2n has reported by what the peer may hear of it, and when.</summary>
    private S2nFault Blind(S2nFault fault, S2nError error)
    {
        if (IsAtPeersCertificate && CertificateAlerts.Find(error.Name) is { } alert)
        {
            ElapsedClock.EndDelay(_handle);
            fault = fault with { CertificateAlert = alert };
        }

        if (fault.ClearAlert is not null)
        {
            ElapsedClock.EndDelay(_handle); // a refusal of the client's hello rests on what anybody has seen
        }

        return OwnDelay is var delay && delay > TimeSpan.Zero
            ? fault with { BlindedUntil = Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency), BlindingBudget = Budget }
            : fault;
    }
}
