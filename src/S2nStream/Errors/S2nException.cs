using S2nTls.Errors;

namespace S2nTls;

/// <summary>
/// A failure that s2n-tls reported. Reads and writes throw it directly; a failed handshake throws an
/// <see cref="System.Security.Authentication.AuthenticationException"/> with this as its inner exception.
/// </summary>
public class S2nException : IOException
{
    internal S2nException(S2nFault fault)
        : base(fault.Message, fault.Cause)
    {
        ErrorType = fault.Type;
        S2nErrorName = fault.Error;
        DebugInfo = fault.Source;
        Alert = fault.Alert;
        LastHandshakeMessage = fault.LastMessage;
    }

    /// <summary>The same error, with its subject in front of the message.</summary>
    internal S2nException(string subject, S2nException error)
        : base($"{subject}: {error.Message}", error)
    {
        ErrorType = error.ErrorType;
        S2nErrorName = error.S2nErrorName;
        DebugInfo = error.DebugInfo;
        Alert = error.Alert;
        LastHandshakeMessage = error.LastHandshakeMessage;
    }

    /// <summary>The kind of error: <c>s2n_error_get_type</c>.</summary>
    public S2nErrorType ErrorType { get; }

    /// <summary>s2n's own name for the error (<c>s2n_strerror_name</c>), such as <c>S2N_ERR_CERT_UNTRUSTED</c>.</summary>
    public string S2nErrorName { get; }

    /// <summary>Where in s2n's source the error was raised (<c>s2n_strerror_source</c>), for bug reports.</summary>
    public string? DebugInfo { get; }

    /// <summary>The alert that the peer sent, if one was the cause (<c>s2n_connection_get_alert</c>).</summary>
    public TlsAlert? Alert { get; }

    /// <summary>
    /// If a handshake failed, the message that s2n was at, by s2n's name, such as <c>SERVER_CERT</c>
    /// (<c>s2n_connection_get_last_message_name</c>); otherwise null.
    /// </summary>
    public string? LastHandshakeMessage { get; }
}
