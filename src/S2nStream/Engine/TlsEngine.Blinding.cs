using System.Diagnostics;
using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>
/// Which errors are kept from the peer for a while, and for how long. s2n blinds nearly all of them. A refusal of the
/// peer's certificate need not be: it rests on what is public, whoever judges, so the peer hears of it at once.
/// </summary>
internal sealed unsafe partial class TlsEngine
{
    /// <summary>How long the alert, and the transport's end, must still wait after a fault.</summary>
    /// <exception cref="ObjectDisposedException">The time is over, and so is the connection.</exception>
    internal TimeSpan BlindingDelay =>
        // The fault knows it even when the connection is gone. s2n has the last word about the alert, by a clock that is not
        // adjusted, and may be some milliseconds behind: it would refuse an alert that comes early with S2N_ERR_SHUTDOWN_PAUSED.
        _fault is { } fault && Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), fault.BlindedUntil) is var left && left > TimeSpan.Zero
            ? left
            : OwnDelay;

    /// <summary>What s2n says of it (<c>s2n_connection_get_delay</c>), rounded up.</summary>
    private TimeSpan OwnDelay => TimeSpan.FromMilliseconds(Math.Ceiling(S2n.s2n_connection_get_delay(_connection) / 1e6));

    /// <summary>Whether the handshake stands at one of the messages by which the peer shows its certificate.</summary>
    private bool IsAtPeersCertificate => !_handshakeDone && LastMessage is "SERVER_CERT" or "SERVER_CERT_STATUS" or "CLIENT_CERT";

    /// <summary>
    /// The alert that is to be sent in the clear, in s2n's place. Before TLS 1.3 certificates are shown before either side encrypts
    /// (RFC 5246 §7.3); in TLS 1.3 only s2n can encrypt an alert, and it has no other for this than close_notify.
    /// </summary>
    private TlsAlert? ClearAlert =>
        _fault?.ClearAlert ?? (_fault?.CertificateAlert is { } alert && EndsBothSides && IsAtPeersCertificate ? alert : null);

    /// <summary>Completes a fault that s2n has reported by what the peer may hear of it, and when.</summary>
    private S2nFault Blind(S2nFault fault, S2nError error)
    {
        if (IsAtPeersCertificate && CertificateAlerts.Find(error.Name) is { } alert)
        {
            ElapsedClock.EndDelay(_connection);
            fault = fault with { CertificateAlert = alert };
        }

        return OwnDelay is var delay && delay > TimeSpan.Zero
            ? fault with { BlindedUntil = Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency), BlindingBudget = Budget }
            : fault;
    }

    private BlindingBudget Budget =>
        !_handshakeDone ? BlindingBudget.Handshake
        : !_isServer || IsClientCertificateUsed || PreSharedKeyIdentity.Length > 0 ? BlindingBudget.Identified
        : BlindingBudget.Anonymous;
}
