using System.Security.Authentication;
using S2nTls.Interop;

namespace S2nTls.Errors;

/// <summary>An error that has ended a connection, kept so that every later call can report it.</summary>
internal sealed record S2nFault(S2nErrorType Type, string Error, string Message, string? Source = null, TlsAlert? Alert = null)
{
    /// <summary>Whether the peer is sent an alert; one that does not speak TLS is not.</summary>
    internal bool IsAnswered { get; private init; } = true;

    /// <summary>
    /// The alert to send in the clear, if s2n does not know the reason and nothing is encrypted yet. Otherwise s2n chooses: nearly always
    /// close_notify, because a specific alert might help an attacker.
    /// </summary>
    internal TlsAlert? ClearAlert { get; private init; }

    /// <summary>The exception, if it was not s2n that failed.</summary>
    internal Exception? Cause { get; init; }

    /// <summary>The alert that reports a refused certificate, also sent in the clear if nothing is encrypted yet.</summary>
    internal TlsAlert? CertificateAlert { get; init; }

    /// <summary>Until when the peer must not be told, by the clock of <see cref="System.Diagnostics.Stopwatch"/>; 0 if it may be told at once.</summary>
    internal long BlindedUntil { get; init; }

    /// <summary>The other errors with which it waits, if the peer must not be told yet.</summary>
    internal BlindingBudget BlindingBudget { get; init; }

    /// <summary>During a handshake, the message that s2n was at.</summary>
    internal string? LastMessage { get; init; }

    /// <summary>Adds the details of an error that this thread's last s2n call reported.</summary>
    internal static S2nFault Capture(S2nError error, TlsAlert? alert = null)
    {
        string message = alert is { } sent
            ? $"The peer refused with the alert {sent} ({(int)sent})"
            : error.Message.TrimEnd('.');
        ErrorAdvice advice = ErrorAdvice.For(error.Name, error.Type);
        return new S2nFault(
            error.Type,
            error.Name,
            $"{message} ({ChainStatusNames.WithName(error.Name)}). {advice}",
            S2nError.LastSource,
            alert);
    }

    /// <summary>A peer that left before the handshake was over. Like s2n itself, it may have refused something without saying what.</summary>
    internal static S2nFault ClosedDuringHandshake(S2nError error) => new(
        error.Type,
        error.Name,
        $"The peer closed the connection during the handshake ({error.Name}). It may have refused what this side offered, or its certificate, without saying why.",
        S2nError.LastSource);

    /// <summary>A peer whose first bytes are not a TLS record.</summary>
    internal static S2nFault NotTls(string description) =>
        new(S2nErrorType.Protocol, "S2N_ERR_BAD_MESSAGE", $"The peer does not speak TLS (S2N_ERR_BAD_MESSAGE): {description}.")
        {
            IsAnswered = false,
        };

    /// <summary>A client that offers only application protocols that this server does not support (RFC 7301 §3.2).</summary>
    internal static S2nFault NoApplicationProtocol() => new(
        S2nErrorType.Protocol,
        "S2N_ERR_NO_APPLICATION_PROTOCOL",
        "The client offers none of the server's application protocols (S2N_ERR_NO_APPLICATION_PROTOCOL).")
    {
        ClearAlert = TlsAlert.NoApplicationProtocol,
    };

    /// <summary>A client that offers only protocol versions that this server's policy does not allow.</summary>
    internal static S2nFault NoVersionInCommon(S2nError error, SslProtocols offered, string policy, SslProtocols allowed) => new(
        error.Type,
        error.Name,
        $"The client offers {offered}, and this server's security policy '{policy}' allows {allowed}: there is no protocol version in common ({error.Name}). Let one side use a version that the other allows.",
        S2nError.LastSource)
    {
        ClearAlert = TlsAlert.ProtocolVersion,
    };

    /// <summary>A client whose hello has nothing in common with this server's policy.</summary>
    internal static S2nFault HelloRefused(S2nError error, TlsAlert alert) => Capture(error) with { ClearAlert = alert };

    /// <summary>
    /// A client whose ClientHello s2n refuses after the server has chosen a key: nearly always because its binder does not verify (RFC 8446
    /// §4.2.11.2).
    /// </summary>
    internal static S2nFault PreSharedKeyNotProved(S2nError error) => new(
        error.Type,
        error.Name,
        $"The client does not prove that it has the pre-shared key that it offers, or sent something that TLS does not allow ({error.Name}). Compare the secrets and hashes of both sides.",
        S2nError.LastSource);

    /// <summary>A server that sends a certificate although this client requires a pre-shared key.</summary>
    internal static S2nFault PreSharedKeyNotUsed(string error) => new(
        S2nErrorType.Protocol,
        error,
        $"The server used none of the pre-shared keys and sent a certificate instead ({error}): it does not know their identities, does not speak TLS 1.3, or is another server.",
        S2nError.LastSource);

    /// <summary>A client that this server refuses after reading its ClientHello.</summary>
    internal static S2nFault ClientRefused(TlsAlert alert) => new(
        S2nErrorType.Protocol,
        "S2N_ERR_CANCELLED",
        $"The client was refused with the alert {alert} ({(int)alert}) (S2N_ERR_CANCELLED).")
    {
        ClearAlert = alert,
    };

    /// <summary>A peer whose certificate .NET, or the user's callback, refuses.</summary>
    /// <param name="error">s2n's name for the reason.</param>
    /// <param name="reason">The reason in words.</param>
    /// <param name="alert">The alert that reports it, if the name is not that of a verdict on a certificate.</param>
    internal static S2nFault CertificateRefused(string error, string reason, TlsAlert alert = TlsAlert.CertificateUnknown) =>
        new(S2nErrorType.Protocol, error, $"{reason} ({error}).") { CertificateAlert = CertificateAlerts.Find(error) ?? alert };

    /// <summary>A message with certificates that s2n does not even begin to read: nearly always because it is too long.</summary>
    internal static S2nFault CertificatesNotTaken(S2nError error) => new(
        error.Type,
        error.Name,
        $"The peer's certificates were not accepted ({error.Name}): they exceed 64 KiB in total, which is s2n's limit, or the peer sent something that TLS does not allow here.",
        S2nError.LastSource);

    /// <summary>A private key outside s2n, or s2n's own use of one, that threw.</summary>
    internal static S2nFault PrivateKeyFailed(S2nError error, Exception thrown) => new(
        error.Type,
        error.Name,
        $"This side's private key did not sign ({error.Name}): {thrown.Message}",
        S2nError.LastSource);

    /// <summary>An asynchronous signer that threw, or whose signature s2n refuses.</summary>
    internal static S2nFault PrivateKeyFailed(Exception thrown) => new(
        S2nErrorType.Usage,
        "S2N_ERR_ASYNC_CALLBACK_FAILED",
        $"This side's private key did not sign (S2N_ERR_ASYNC_CALLBACK_FAILED): {thrown.Message}");

    /// <summary>A signature by a private key outside s2n, which s2n checks before sending it.</summary>
    internal static S2nFault OwnSignatureDoesNotVerify(S2nError error) => new(
        error.Type,
        error.Name,
        $"The private key's signature does not verify with the certificate's public key ({error.Name}): the key belongs to another certificate, or signs incorrectly.",
        S2nError.LastSource);

    /// <summary>Application code on which the connection depends threw.</summary>
    internal static S2nFault ApplicationThrew(Exception thrown) =>
        new(S2nErrorType.Usage, "S2N_ERR_CANCELLED", $"The application's own code ended the connection: it threw {thrown.GetType()}: {thrown.Message} (S2N_ERR_CANCELLED).")
        {
            Cause = thrown,
        };

    /// <summary>Inbound ciphertext could not be read from where the transport put it.</summary>
    internal static S2nFault NotReceived(Exception thrown) =>
        new(S2nErrorType.IO, "S2N_ERR_IO", $"Data that the transport received could not be read (S2N_ERR_IO): {thrown.Message}")
        {
            Cause = thrown,
        };

    /// <summary>
    /// The transport had no room for a produced record. s2n counts its data as taken, and the peer may get part of it: so nothing can follow it,
    /// and the peer is told nothing.
    /// </summary>
    internal static S2nFault NotSent(Exception thrown) =>
        new(S2nErrorType.IO, "S2N_ERR_IO", $"The transport failed to send a record, so no other can follow (S2N_ERR_IO): {thrown.Message}")
        {
            Cause = thrown,
            IsAnswered = false,
        };

    /// <summary>Before TLS 1.3, a write after the other direction has ended.</summary>
    /// <param name="byCloseNotify">Whether it ended with the peer's close_notify; otherwise the transport simply ended.</param>
    internal static S2nFault NotWritable(bool byCloseNotify) => new(
        S2nErrorType.Closed,
        "S2N_ERR_CLOSED",
        (byCloseNotify ? "The peer has closed the connection with close_notify" : "The transport has ended without the peer's close_notify")
        + ". On TLS 1.2 and earlier this ends both directions (RFC 5246 §7.2.1), and s2n sends nothing more (S2N_ERR_CLOSED).");

    /// <summary>Before TLS 1.3, data from the peer that came too late.</summary>
    internal static S2nFault DataAfterClose() => new(
        S2nErrorType.Closed,
        "S2N_ERR_CLOSED",
        "The peer sent data after this side's close_notify, which in TLS 1.2 and earlier ends both directions: the data is lost (S2N_ERR_CLOSED).");

    /// <summary>A new exception each time, so that each has its own stack trace.</summary>
    internal S2nException ToException() => new(this);
}
