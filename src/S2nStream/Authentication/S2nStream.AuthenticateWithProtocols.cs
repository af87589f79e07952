using System.Net.Security;
using S2nTls.Context;

namespace S2nTls;

/// <content>Handshakes as a client that offers application protocols of its own, over a context that others share.</content>
public partial class S2nStream
{
    /// <summary>
    /// Performs the handshake as a client, and offers other application protocols than the context's
    /// (<c>s2n_connection_append_protocol_preference</c>, RFC 7301): connections that want different ones share a context, its
    /// parsed roots and its sessions.
    /// </summary>
    /// <param name="context">A client's context.</param>
    /// <param name="targetHost">The server's name; see <see cref="AuthenticateAsClientAsync(S2nContext, string, CancellationToken)"/>.</param>
    /// <param name="applicationProtocols">The application protocols, the preferred one first; empty for the context's.</param>
    /// <param name="cancellationToken">Ends the wait. The stream cannot be used after a cancelled handshake.</param>
    /// <exception cref="NotSupportedException">An application protocol's name has a zero byte in it.</exception>
    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, CancellationToken)" path="/exception"/>
    public Task AuthenticateAsClientAsync(
        S2nContext context, string targetHost, IReadOnlyList<SslApplicationProtocol> applicationProtocols, CancellationToken cancellationToken = default)
    {
        CheckClient(context, targetHost);
        SslApplicationProtocol[] offered = Checked(applicationProtocols);
        return AuthenticateAsync(
            asServer: false, () => new HandshakePlan(context) { TargetHost = targetHost, ApplicationProtocols = offered }, cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, IReadOnlyList{SslApplicationProtocol}, CancellationToken)"/>
    public void AuthenticateAsClient(S2nContext context, string targetHost, IReadOnlyList<SslApplicationProtocol> applicationProtocols)
    {
        CheckClient(context, targetHost);
        SslApplicationProtocol[] offered = Checked(applicationProtocols);
        Authenticate(asServer: false, () => new HandshakePlan(context) { TargetHost = targetHost, ApplicationProtocols = offered });
    }

    /// <summary>A copy: it is read when the handshake begins.</summary>
    private static SslApplicationProtocol[] Checked(IReadOnlyList<SslApplicationProtocol> applicationProtocols)
    {
        ArgumentNullException.ThrowIfNull(applicationProtocols);
        SslApplicationProtocol[] offered = [.. applicationProtocols];
        ApplicationProtocolNames.Check(offered, nameof(applicationProtocols));
        return offered;
    }
}
