using Microsoft.AspNetCore.Connections;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>How the connections of an endpoint are authenticated.</summary>
internal interface IHandshake
{
    /// <summary>Whether the application sees the token.</summary>
    public bool ShowsToken { get; }

    public Task PerformAsync(S2nStream stream, ConnectionContext connection, CancellationToken cancellationToken);
}
