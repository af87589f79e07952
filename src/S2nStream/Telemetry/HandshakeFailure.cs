using System.Net;

namespace S2nTls.Telemetry;

/// <summary>Why a handshake has failed.</summary>
/// <param name="Exception">What the caller gets.</param>
/// <param name="Error">s2n's name of the error, or the exception's type if s2n has none.</param>
/// <param name="LastMessage">The message that s2n was at; null if unknown.</param>
/// <param name="Alert">The peer's alert, if one was the cause.</param>
/// <param name="Advice">What to do about it; null if there is nothing to say.</param>
/// <param name="Peer">The peer's address; null if unknown.</param>
internal readonly record struct HandshakeFailure(
    Exception Exception, string Error, string? LastMessage, TlsAlert? Alert, string? Advice, EndPoint? Peer);
