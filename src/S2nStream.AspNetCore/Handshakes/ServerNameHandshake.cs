using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>Authenticates each connection by the name that its client asks for; a client that asks for an unknown name is refused.</summary>
/// <param name="endpoint">The endpoint's name, for the log.</param>
/// <param name="names">The entries for the names.</param>
internal sealed class ServerNameHandshake(string endpoint, ServerNames names) : IHandshake
{
    public bool ShowsToken => true;

    public Task PerformAsync(S2nStream stream, ConnectionContext connection, CancellationToken cancellationToken) =>
        stream.AuthenticateAsServerAsync((_, clientHello, token) => Find(clientHello).Select(connection, clientHello, token), cancellationToken);

    private ServerNameEntry Find(S2nClientHello clientHello)
    {
        if (names.Find(clientHello.ServerName) is not { } entry)
        {
            throw new S2nClientRefusedException(
                TlsAlert.UnrecognizedName,
                clientHello.ServerName.Length == 0
                    ? $"The client names no server, and the Sni section of the endpoint '{endpoint}' has no '*'."
                    : $"The Sni section of the endpoint '{endpoint}' has no server '{clientHello.ServerName}'.");
        }

        // Without ALPN the server assumes HTTP/1.1.
        if (entry.Protocols == HttpProtocols.Http2 && !clientHello.ApplicationProtocols.Contains(SslApplicationProtocol.Http2))
        {
            throw new S2nClientRefusedException(
                TlsAlert.NoApplicationProtocol, $"The endpoint '{endpoint}' speaks only HTTP/2 as '{entry.Name}', and the client does not offer it.");
        }

        return entry;
    }
}
