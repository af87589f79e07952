using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;
using S2nTls.Context;
using S2nTls.Translation;

namespace S2nTls;

/// <content>Handshakes as a server: with a context, and with all of SslStream's overloads.</content>
public partial class S2nStream
{
    /// <summary>Performs the handshake as a server.</summary>
    /// <param name="context">A server context.</param>
    /// <param name="cancellationToken">Cancels the handshake, after which the stream cannot be used.</param>
    /// <exception cref="ArgumentException"><paramref name="context"/> is for clients.</exception>
    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, CancellationToken)" path="/exception[not(@cref='T:System.ArgumentException')]"/>
    public Task AuthenticateAsServerAsync(S2nContext context, CancellationToken cancellationToken = default)
    {
        CheckServer(context);
        return AuthenticateAsync(asServer: true, host: null, () => PlanServer(context), cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsServerAsync(S2nContext, CancellationToken)"/>
    public void AuthenticateAsServer(S2nContext context)
    {
        CheckServer(context);
        Authenticate(asServer: true, host: null, () => PlanServer(context));
    }

    /// <summary>
    /// Performs the handshake as a server, with SslStream's options. What they ask for is done or refused by name; <c>docs/sslstream.md</c> has
    /// the table. Connections with equal options share one s2n context, which lasts as long as the certificate object; another certificate makes
    /// another context.
    /// </summary>
    /// <param name="sslServerAuthenticationOptions">The options. Read before the call returns.</param>
    /// <param name="cancellationToken">Cancels the handshake, after which the stream cannot be used.</param>
    /// <exception cref="NotSupportedException">There is no certificate, or s2n does not support what an option asks for; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The stream is already authenticated or being authenticated; or options contradict each other or the constructor.</exception>
    /// <exception cref="AuthenticationException">The handshake failed (the inner <see cref="S2nException"/> says why); or the certificate has no private key.</exception>
    /// <exception cref="IOException">The inner stream failed; or the peer closed the connection during the handshake, which is an <see cref="S2nException"/> of type <see cref="S2nErrorType.Closed"/>.</exception>
    public Task AuthenticateAsServerAsync(SslServerAuthenticationOptions sslServerAuthenticationOptions, CancellationToken cancellationToken = default)
    {
        ServerTranslation translation = Translate(sslServerAuthenticationOptions);
        return AuthenticateAsync(asServer: true, host: null, () => translation.Plan(this), cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsServerAsync(SslServerAuthenticationOptions, CancellationToken)"/>
    public void AuthenticateAsServer(SslServerAuthenticationOptions sslServerAuthenticationOptions)
    {
        ServerTranslation translation = Translate(sslServerAuthenticationOptions);
        Authenticate(asServer: true, host: null, () => translation.Plan(this));
    }

    /// <summary>
    /// Performs the handshake as a server whose options are chosen once the ClientHello is known, by the name that it asks for and the protocols
    /// that it offers. Nothing is sent before the choice; the peer waits.
    /// </summary>
    /// <param name="optionsCallback">
    /// Makes the options. Its first parameter, of type <see cref="SslStream"/>, is null here. This call throws what the callback throws.
    /// </param>
    /// <param name="state">Passed to the callback.</param>
    /// <param name="cancellationToken">Cancels the handshake and the callback's own token, and does not wait for a callback that ignores it. The stream cannot be used afterwards.</param>
    /// <inheritdoc cref="AuthenticateAsServerAsync(SslServerAuthenticationOptions, CancellationToken)" path="/exception"/>
    public Task AuthenticateAsServerAsync(ServerOptionsSelectionCallback optionsCallback, object? state, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(optionsCallback);
        return AuthenticateAsync(asServer: true, host: null, () => HelloContext.Plan(SelectAsync), cancellationToken);

        async ValueTask<HandshakePlan> SelectAsync(S2nClientHello clientHello, CancellationToken cancellation)
        {
            var hello = new SslClientHelloInfo(InternationalName.ToUnicode(clientHello.ServerName), clientHello.SslProtocols);
            SslServerAuthenticationOptions options =
                await optionsCallback(null!, hello, state, cancellation).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"The {nameof(ServerOptionsSelectionCallback)} returned no options.");
            return new ServerTranslation(options, _callbacks).PlanFor(hello.ServerName, this);
        }
    }

    /// <summary>Performs the handshake as a server that does not ask for a client certificate; see <see cref="AuthenticateAsServerAsync(SslServerAuthenticationOptions, CancellationToken)"/>.</summary>
    /// <param name="serverCertificate">The certificate, with its private key or with one in the user's or the machine's store.</param>
    /// <inheritdoc cref="AuthenticateAsServerAsync(SslServerAuthenticationOptions, CancellationToken)" path="/exception"/>
    public virtual Task AuthenticateAsServerAsync(X509Certificate serverCertificate) =>
        AuthenticateAsServerAsync(serverCertificate, clientCertificateRequired: false, checkCertificateRevocation: false);

    /// <inheritdoc cref="AuthenticateAsServerAsync(X509Certificate, bool, SslProtocols, bool)"/>
    public virtual Task AuthenticateAsServerAsync(X509Certificate serverCertificate, bool clientCertificateRequired, bool checkCertificateRevocation) =>
        AuthenticateAsServerAsync(serverCertificate, clientCertificateRequired, SslProtocols.None, checkCertificateRevocation);

    /// <summary>Performs the handshake as a server; see <see cref="AuthenticateAsServerAsync(SslServerAuthenticationOptions, CancellationToken)"/>.</summary>
    /// <param name="serverCertificate">The certificate, with its private key or with one in the user's or the machine's store.</param>
    /// <param name="clientCertificateRequired">Whether the client must send a certificate.</param>
    /// <param name="enabledSslProtocols">The protocol versions; <see cref="SslProtocols.None"/> means TLS 1.2 and 1.3.</param>
    /// <param name="checkCertificateRevocation">Whether to check online if the client's certificate has been revoked.</param>
    /// <inheritdoc cref="AuthenticateAsServerAsync(SslServerAuthenticationOptions, CancellationToken)" path="/exception"/>
    public virtual Task AuthenticateAsServerAsync(
        X509Certificate serverCertificate, bool clientCertificateRequired, SslProtocols enabledSslProtocols, bool checkCertificateRevocation) =>
        AuthenticateAsServerAsync(ServerOptions(serverCertificate, clientCertificateRequired, enabledSslProtocols, checkCertificateRevocation));

    /// <inheritdoc cref="AuthenticateAsServerAsync(X509Certificate)"/>
    public virtual void AuthenticateAsServer(X509Certificate serverCertificate) =>
        AuthenticateAsServer(serverCertificate, clientCertificateRequired: false, checkCertificateRevocation: false);

    /// <inheritdoc cref="AuthenticateAsServerAsync(X509Certificate, bool, SslProtocols, bool)"/>
    public virtual void AuthenticateAsServer(X509Certificate serverCertificate, bool clientCertificateRequired, bool checkCertificateRevocation) =>
        AuthenticateAsServer(serverCertificate, clientCertificateRequired, SslProtocols.None, checkCertificateRevocation);

    /// <inheritdoc cref="AuthenticateAsServerAsync(X509Certificate, bool, SslProtocols, bool)"/>
    public virtual void AuthenticateAsServer(
        X509Certificate serverCertificate, bool clientCertificateRequired, SslProtocols enabledSslProtocols, bool checkCertificateRevocation) =>
        AuthenticateAsServer(ServerOptions(serverCertificate, clientCertificateRequired, enabledSslProtocols, checkCertificateRevocation));

    private static void CheckServer(S2nContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.IsServer)
        {
            throw new ArgumentException("The context is for clients.", nameof(context));
        }
    }

    private ServerTranslation Translate(SslServerAuthenticationOptions sslServerAuthenticationOptions)
    {
        ArgumentNullException.ThrowIfNull(sslServerAuthenticationOptions);
        return new ServerTranslation(sslServerAuthenticationOptions, _callbacks);
    }

    private SslServerAuthenticationOptions ServerOptions(
        X509Certificate certificate, bool clientCertificateRequired, SslProtocols protocols, bool checkRevocation) => new()
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = clientCertificateRequired,
            EnabledSslProtocols = protocols,
            CertificateRevocationCheckMode = checkRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
            EncryptionPolicy = _callbacks.EncryptionPolicy,
        };
}
