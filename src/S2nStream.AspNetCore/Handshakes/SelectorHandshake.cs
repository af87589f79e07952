using Microsoft.AspNetCore.Connections;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>A context for each connection, chosen by the application.</summary>
internal sealed class SelectorHandshake(S2nContextSelector selector) : IHandshake
{
    public bool ShowsToken => true;

    public Task PerformAsync(S2nStream stream, ConnectionContext connection, CancellationToken cancellationToken) =>
        stream.AuthenticateAsServerAsync((_, clientHello, token) => selector(connection, clientHello, token), cancellationToken);
}
