using System.Security.Authentication;
using S2nTls;

namespace Examples;

/// <summary>Says in one line what went wrong.</summary>
internal static class ErrorText
{
    public static string Of(Exception exception)
    {
        // A failed handshake is mostly an AuthenticationException; the reason is the S2nException inside.
        string message = exception is AuthenticationException { InnerException: S2nException reason } ? reason.Message : exception.Message;
        return OneLine(message);
    }

    /// <summary>Line ends become spaces, so that nothing a peer sends can forge a line.</summary>
    public static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
