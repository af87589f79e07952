using Microsoft.AspNetCore.Connections;

namespace S2nTls.AspNetCore;

/// <summary>
/// Chooses the context for a connection, after the ClientHello has been read and before it is answered; see <see cref="S2nClientHelloCallback"/>.
/// Many connections call it concurrently.
/// </summary>
/// <param name="connection">The connection: its endpoints and features.</param>
/// <param name="clientHello">What the client sent: server name, application protocols, fingerprints. None of it is authenticated.</param>
/// <param name="cancellationToken">Cancelled when the handshake times out.</param>
/// <returns>
/// A server context, which may serve any number of connections; or null to refuse the client. Its application protocols should be those of the
/// endpoint's HTTP versions: <c>h2</c> and <c>http/1.1</c>.
/// </returns>
public delegate ValueTask<S2nContext?> S2nContextSelector(ConnectionContext connection, S2nClientHello clientHello, CancellationToken cancellationToken);
