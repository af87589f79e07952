using Microsoft.AspNetCore.Connections;

namespace S2nTls.AspNetCore;

/// <summary>
/// Chooses the context for a connection when the client's hello has been read and before it is answered; see
/// <see cref="S2nClientHelloCallback"/>. Many connections call it at once.
/// </summary>
/// <param name="connection">The connection: its ends, its features.</param>
/// <param name="clientHello">What the client has sent: its server name, application protocols, fingerprints. Nothing in it is authenticated.</param>
/// <param name="cancellationToken">Cancelled when the handshake has taken too long.</param>
/// <returns>
/// A server's context, which may serve any number of connections; or null to refuse the client. Its application protocols are to be
/// those of the endpoint's HTTP versions: <c>h2</c> and <c>http/1.1</c>.
/// </returns>
public delegate ValueTask<S2nContext?> S2nContextSelector(ConnectionContext connection, S2nClientHello clientHello, CancellationToken cancellationToken);
