using Microsoft.AspNetCore.Connections;

namespace S2nTls.AspNetCore.Connections;

/// <summary>How the connections of an endpoint are authenticated.</summary>
internal interface IHandshake
{
    public Task PerformAsync(S2nStream stream, ConnectionContext connection, CancellationToken cancellationToken);
}
