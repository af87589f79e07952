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
        return AuthenticateAsync(asServer: false, () => PlanClient(context, host), cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, CancellationToken)"/>
    public void AuthenticateAsClient(S2nContext context, string targetHost)
    {
        HostNameMatch host = CheckClient(context, targetHost);
        Authenticate(asServer: false, () => PlanClient(context, host));
    }

    /// <summary>
    /// Performs the handshake as a client that wants something for this connection alone: application protocols, early data. Connections that want
    /// different things share a context, its parsed roots and its sessions.
    /// </summary>
    /// <param name="context">A client's context. With early data, one that verifies servers by roots or pre-shared keys, and has no application protocols.</param>
    /// <param name="options">The server's name, and what else the connection wants.</param>
    /// <param name="cancellationToken">Ends the wait. The stream cannot be used after a cancelled handshake.</param>
    /// <exception cref="NotSupportedException">
    /// There is early data, and there are application protocols, with which s2n's early data does not work, or .NET judges the server, which it would do too late. Or an
    /// application protocol's name has a zero byte in it.
    /// </exception>
    /// <exception cref="ArgumentException">The context is a server's; the target host is no name: it has a control character or an empty label, has more than 255 characters, or is no international name; the port is none; or an application protocol has no name.</exception>
    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, CancellationToken)" path="/exception[@cref='T:System.Security.Authentication.AuthenticationException' or @cref='T:System.IO.IOException' or @cref='T:System.InvalidOperationException']"/>
    public Task AuthenticateAsClientAsync(S2nContext context, S2nClientConnectionOptions options, CancellationToken cancellationToken = default)
    {
        HandshakePlan plan = PlanClient(context, options);
        return AuthenticateAsync(asServer: false, () => plan, cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, S2nClientConnectionOptions, CancellationToken)"/>
    public void AuthenticateAsClient(S2nContext context, S2nClientConnectionOptions options)
    {
        HandshakePlan plan = PlanClient(context, options);
        Authenticate(asServer: false, () => plan);
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
        return AuthenticateAsync(asServer: false, () => translation.Plan(this, _transport.RemotePort), cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsClientAsync(SslClientAuthenticationOptions, CancellationToken)"/>
    public void AuthenticateAsClient(SslClientAuthenticationOptions sslClientAuthenticationOptions)
    {
        ClientTranslation translation = Translate(sslClientAuthenticationOptions);
        Authenticate(asServer: false, () => translation.Plan(this, _transport.RemotePort));
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
    private HandshakePlan PlanClient(S2nContext context, HostNameMatch host) => new(context) { Host = host, TargetPort = _transport.RemotePort };

    /// <summary>Reads the options: what becomes of them later has no effect.</summary>
    private HandshakePlan PlanClient(S2nContext context, S2nClientConnectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        HostNameMatch host = CheckClient(context, options.TargetHost);
        if (options.TargetPort is < 0 or > ushort.MaxValue)
        {
            throw new ArgumentException($"{options.TargetPort} is no port.", nameof(options));
        }

        SslApplicationProtocol[] protocols = [.. options.ApplicationProtocols ?? []];
        ApplicationProtocolNames.Check(protocols, nameof(options));
        EarlyDataRules.CheckClient(context, protocols, options.EarlyData);
        return new HandshakePlan(context)
        {
            Host = host,
            TargetPort = options.TargetPort > 0 ? options.TargetPort : _transport.RemotePort,
            ApplicationProtocols = protocols,
            EarlyData = options.EarlyData,
        };
    }

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
