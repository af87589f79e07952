using System.Security.Authentication;

namespace S2nTls;

/// <summary>
/// A client that the server refuses. Throw it from a <see cref="S2nClientHelloCallback"/>: the client is sent the alert, at once and in the clear,
/// and the authenticating call throws the exception. That call also throws one of its own if the callback returns null.
/// </summary>
public class S2nClientRefusedException : AuthenticationException
{
    /// <summary>A refusal with the alert <see cref="TlsAlert.HandshakeFailure"/>.</summary>
    public S2nClientRefusedException()
        : this(TlsAlert.HandshakeFailure)
    {
    }

    /// <inheritdoc cref="S2nClientRefusedException()"/>
    /// <param name="message">Why; the client is not told.</param>
    public S2nClientRefusedException(string? message)
        : this(TlsAlert.HandshakeFailure, message)
    {
    }

    /// <inheritdoc cref="S2nClientRefusedException()"/>
    /// <param name="message">Why; the client is not told.</param>
    /// <param name="innerException">The cause.</param>
    public S2nClientRefusedException(string? message, Exception? innerException)
        : this(TlsAlert.HandshakeFailure, message, innerException)
    {
    }

    /// <summary>A refusal with an alert of your choice.</summary>
    /// <param name="alert">What the client is told, as a fatal alert: for example <see cref="TlsAlert.UnrecognizedName"/> or <see cref="TlsAlert.AccessDenied"/>.</param>
    /// <param name="message">Why; the client is not told.</param>
    /// <param name="innerException">The cause.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alert"/> is not an error alert: it is unknown, <see cref="TlsAlert.CloseNotify"/> or <see cref="TlsAlert.UserCanceled"/>.</exception>
    public S2nClientRefusedException(TlsAlert alert, string? message = null, Exception? innerException = null)
        : base(message ?? $"The client was refused with the alert {alert} ({(int)alert}).", innerException)
    {
        if (alert is TlsAlert.CloseNotify or TlsAlert.UserCanceled || !Enum.IsDefined(alert))
        {
            throw new ArgumentOutOfRangeException(nameof(alert), alert, "A refusal needs a known error alert; close_notify and user_canceled are not.");
        }

        Alert = alert;
    }

    /// <summary>The alert that the client is sent.</summary>
    public TlsAlert Alert { get; }
}
