namespace Examples;

/// <summary>How a session ended.</summary>
internal enum MailSessionEnd
{
    /// <summary>The client has gone.</summary>
    Goodbye,

    /// <summary>The client begins a TLS handshake, and then a new session.</summary>
    StartTls,
}
