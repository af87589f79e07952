using Microsoft.AspNetCore.Connections;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>One context for all connections.</summary>
internal sealed class ContextHandshake(S2nContext context) : IHandshake
{
    public bool ShowsToken => false;

    public Task PerformAsync(S2nStream stream, ConnectionContext connection, CancellationToken cancellationToken) =>
        stream.AuthenticateAsServerAsync(context, cancellationToken);
}
