using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>An error that has ended a connection, kept so that every later call can say what it was.</summary>
internal sealed class S2nFault
{
    private readonly S2nError _error;
    private readonly string? _source;
    private readonly TlsAlert? _alert;
    private readonly string? _hint;

    private S2nFault(S2nError error, string? source, TlsAlert? alert, string? hint)
    {
        _error = error;
        _source = source;
        _alert = alert;
        _hint = hint;
    }

    internal S2nErrorType Type => _error.Type;

    /// <summary>Completes an error that this thread's last s2n call has reported.</summary>
    internal static S2nFault Capture(S2nError error, TlsAlert? alert, string? hint) =>
        new(error, S2nError.LastSource, alert, hint ?? ErrorAdvice.For(error.Name));

    /// <summary>A new exception each time, so that each has its own stack trace.</summary>
    internal S2nException ToException() => new(_error, _source, _alert, _hint);
}
