using System.Net.Security;

namespace S2nTls.Http.Carrier;

/// <summary>
/// The inner handler's options for SslStream: with them no handshake begins. Should the inner handler ever make a stream of its own, because of a
/// change in .NET or a bug here, the request fails and says why.
/// </summary>
internal static class RefusingSslOptions
{
    internal const string Message =
        "S2nHttpHandler does not use SslStream, but SocketsHttpHandler was about to make a TLS connection with one. Nothing was sent.";

    internal static SslClientAuthenticationOptions Create() => new()
    {
        // SslStream asks for a certificate before it sends anything, the server's name included.
        LocalCertificateSelectionCallback = static (_, _, _, _, _) => throw new InvalidOperationException(Message),
        RemoteCertificateValidationCallback = static (_, _, _, _) => false,
    };
}
