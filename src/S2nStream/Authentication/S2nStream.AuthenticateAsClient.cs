using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;
using S2nTls.Context;
using S2nTls.EarlyData;
using S2nTls.Translation;

namespace S2nTls;

/// <content>Handshakes as a client: with a context, and in all the ways that SslStream has.</content>
public partial class S2nStream
{
    /// <summary>Performs the handshake as a client.</summary>
    /// <param name="context">A client's context.</param>
    /// <param name="targetHost">
    /// The server's name: sent as the server name (SNI, RFC 6066), and the server's certificate must bear it.
    /// An IP address is not sent, but must be in the certificate all the same.
    /// </param>
    /// <param name="cancellationToken">Ends the wait. The stream cannot be used after a cancelled handshake.</param>
    /// <exception cref="AuthenticationException">The handshake failed; the inner <see cref="S2nException"/> says why. Where this side's private key is not in s2n and failed to sign, the inner exception is what it threw.</exception>
    /// <exception cref="IOException">The inner stream failed; or, as an <see cref="S2nException"/> of the type <see cref="S2nErrorType.Closed"/>, the peer closed the connection in the middle of the handshake.</exception>
    /// <exception cref="InvalidOperationException">The stream is authenticated, or being authenticated, already.</exception>
    /// <exception cref="ArgumentException"><paramref name="context"/> is a server's, or <paramref name="targetHost"/> is no name: it has a control character or an empty label, has more than 255 characters, or is no international name.</exception>
    public Task AuthenticateAsClientAsync(S2nContext context, string targetHost, CancellationToken cancellationToken = default)
    {
        HostNameMatch host = CheckClient(context, targetHost);
        return AuthenticateAsync(asServer: false, () => new HandshakePlan(context) { Host = host }, cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, CancellationToken)"/>
    public void AuthenticateAsClient(S2nContext context, string targetHost)
    {
        HostNameMatch host = CheckClient(context, targetHost);
        Authenticate(asServer: false, () => new HandshakePlan(context) { Host = host });
    }

    /// <summary>
    /// Performs the handshake as a client, and sends data in it (0-RTT, RFC 8446 §2.3) where a session that is resumed, or a pre-shared
    /// key, allows it (<c>s2n_send_early_data</c>). <b>Whoever records it can send it again</b>: only for what may happen
    /// twice, such as reading something. It is not forward secret. docs/early-data.md has more.
    /// </summary>
    /// <remarks>
    /// Afterwards <see cref="EarlyDataStatus"/> says what has become of it: all or nothing. Unless it is
    /// <see cref="EarlyDataStatus.Accepted"/>, the server's application has seen nothing, and it is for the caller to write it now. If the
    /// handshake fails, it is not known whether the server has acted on it.
    /// </remarks>
    /// <param name="context">A client's context, which verifies servers by roots or pre-shared keys, and has no application protocols.</param>
    /// <param name="targetHost">The server's name.</param>
    /// <param name="earlyData">The data. It must not change before the call has ended.</param>
    /// <param name="cancellationToken">Ends the wait. The stream cannot be used after a cancelled handshake.</param>
    /// <exception cref="NotSupportedException">The context has application protocols, with which s2n's early data does not work, or .NET judges its servers, which it would do too late.</exception>
    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, CancellationToken)" path="/exception"/>
    public Task AuthenticateAsClientAsync(
        S2nContext context, string targetHost, ReadOnlyMemory<byte> earlyData, CancellationToken cancellationToken = default)
    {
        HostNameMatch host = CheckClient(context, targetHost);
        EarlyDataRules.CheckClient(context, earlyData);
        return AuthenticateAsync(
            asServer: false, () => new HandshakePlan(context) { Host = host, EarlyData = earlyData }, cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, ReadOnlyMemory{byte}, CancellationToken)"/>
    public void AuthenticateAsClient(S2nContext context, string targetHost, ReadOnlyMemory<byte> earlyData)
    {
        HostNameMatch host = CheckClient(context, targetHost);
        EarlyDataRules.CheckClient(context, earlyData);
        Authenticate(asServer: false, () => new HandshakePlan(context) { Host = host, EarlyData = earlyData });
    }

    /// <summary>
    /// Performs the handshake as a client, with SslStream's options. What they ask for is done, or refused by
    /// name; <c>docs/sslstream.md</c> has the table. Connections with equal options share one context of s2n.
    /// </summary>
    /// <remarks>
    /// A <see cref="LocalCertificateSelectionCallback"/> is called before the handshake, without a remote certificate
    /// and issuers. If it gives no certificate, it is called again if the server asks for one, with the server's
    /// certificate and the issuers that the server would like. That certificate has not been validated yet, and
    /// is disposed after the call. What the callback throws is thrown by this call.
    /// </remarks>
    /// <param name="sslClientAuthenticationOptions">The options. They are read before the call returns.</param>
    /// <param name="cancellationToken">Ends the wait. The stream cannot be used after a cancelled handshake.</param>
    /// <exception cref="NotSupportedException">s2n cannot do what an option asks for; the message names it.</exception>
    /// <exception cref="ArgumentException">The target host is no name: it has a control character or an empty label, has more than 255 characters, or is no international name. Nothing has been sent then.</exception>
    /// <exception cref="InvalidOperationException">The stream is authenticated, or being authenticated, already; or a callback is set here and in the constructor.</exception>
    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, CancellationToken)" path="/exception[@cref='T:System.Security.Authentication.AuthenticationException' or @cref='T:System.IO.IOException']"/>
    public Task AuthenticateAsClientAsync(SslClientAuthenticationOptions sslClientAuthenticationOptions, CancellationToken cancellationToken = default)
    {
        ClientTranslation translation = Translate(sslClientAuthenticationOptions);
        return AuthenticateAsync(asServer: false, () => translation.Plan(this), cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsClientAsync(SslClientAuthenticationOptions, CancellationToken)"/>
    public void AuthenticateAsClient(SslClientAuthenticationOptions sslClientAuthenticationOptions)
    {
        ClientTranslation translation = Translate(sslClientAuthenticationOptions);
        Authenticate(asServer: false, () => translation.Plan(this));
    }

    /// <summary>Performs the handshake as a client that has no certificate; see <see cref="AuthenticateAsClientAsync(SslClientAuthenticationOptions, CancellationToken)"/>.</summary>
    /// <param name="targetHost">The server's name.</param>
    /// <inheritdoc cref="AuthenticateAsClientAsync(SslClientAuthenticationOptions, CancellationToken)" path="/exception"/>
    public virtual Task AuthenticateAsClientAsync(string targetHost) =>
        AuthenticateAsClientAsync(targetHost, null, checkCertificateRevocation: false);

    /// <inheritdoc cref="AuthenticateAsClientAsync(string, X509CertificateCollection, SslProtocols, bool)"/>
    public virtual Task AuthenticateAsClientAsync(string targetHost, X509CertificateCollection? clientCertificates, bool checkCertificateRevocation) =>
        AuthenticateAsClientAsync(targetHost, clientCertificates, SslProtocols.None, checkCertificateRevocation);

    /// <summary>Performs the handshake as a client; see <see cref="AuthenticateAsClientAsync(SslClientAuthenticationOptions, CancellationToken)"/>.</summary>
    /// <param name="targetHost">The server's name.</param>
    /// <param name="clientCertificates">Certificates for a server that asks for one: the first that has a private key is sent.</param>
    /// <param name="enabledSslProtocols">The protocol versions; <see cref="SslProtocols.None"/> stands for TLS 1.2 and 1.3.</param>
    /// <param name="checkCertificateRevocation">Whether revocation of the server's certificate is checked, online.</param>
    /// <inheritdoc cref="AuthenticateAsClientAsync(SslClientAuthenticationOptions, CancellationToken)" path="/exception"/>
    public virtual Task AuthenticateAsClientAsync(
        string targetHost, X509CertificateCollection? clientCertificates, SslProtocols enabledSslProtocols, bool checkCertificateRevocation) =>
        AuthenticateAsClientAsync(ClientOptions(targetHost, clientCertificates, enabledSslProtocols, checkCertificateRevocation));

    /// <inheritdoc cref="AuthenticateAsClientAsync(string)"/>
    public virtual void AuthenticateAsClient(string targetHost) =>
        AuthenticateAsClient(targetHost, null, checkCertificateRevocation: false);

    /// <inheritdoc cref="AuthenticateAsClientAsync(string, X509CertificateCollection, SslProtocols, bool)"/>
    public virtual void AuthenticateAsClient(string targetHost, X509CertificateCollection? clientCertificates, bool checkCertificateRevocation) =>
        AuthenticateAsClient(targetHost, clientCertificates, SslProtocols.None, checkCertificateRevocation);

    /// <inheritdoc cref="AuthenticateAsClientAsync(string, X509CertificateCollection, SslProtocols, bool)"/>
    public virtual void AuthenticateAsClient(
        string targetHost, X509CertificateCollection? clientCertificates, SslProtocols enabledSslProtocols, bool checkCertificateRevocation) =>
        AuthenticateAsClient(ClientOptions(targetHost, clientCertificates, enabledSslProtocols, checkCertificateRevocation));

    /// <summary>All that can be wrong with what the caller gives, before anything is begun.</summary>
    private static HostNameMatch CheckClient(S2nContext context, string targetHost)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(targetHost);
        if (context.IsServer)
        {
            throw new ArgumentException("The context is a server's.", nameof(context));
        }

        return new HostNameMatch(targetHost);
    }

    private ClientTranslation Translate(SslClientAuthenticationOptions sslClientAuthenticationOptions)
    {
        ArgumentNullException.ThrowIfNull(sslClientAuthenticationOptions);
        return new ClientTranslation(sslClientAuthenticationOptions, _callbacks);
    }

    private SslClientAuthenticationOptions ClientOptions(
        string targetHost, X509CertificateCollection? certificates, SslProtocols protocols, bool checkRevocation) => new()
        {
            TargetHost = targetHost,
            ClientCertificates = certificates,
            EnabledSslProtocols = protocols,
            CertificateRevocationCheckMode = checkRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
            EncryptionPolicy = _callbacks.EncryptionPolicy,
        };
}
