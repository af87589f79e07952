using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;
using S2nTls.Context;
using S2nTls.EarlyData;
using S2nTls.Translation;

namespace S2nTls;

/// <content>Handshakes as a client: with a context, and with all of SslStream's overloads.</content>
public partial class S2nStream
{
    /// <summary>Performs the handshake as a client.</summary>
    /// <param name="context">A client context.</param>
    /// <param name="targetHost">
    /// The server's name: sent as the server name (SNI, RFC 6066), and the server's certificate must contain it. An IP address is not sent, but
    /// the certificate must still contain it.
    /// </param>
    /// <param name="cancellationToken">Cancels the handshake, after which the stream cannot be used.</param>
    /// <exception cref="AuthenticationException">The handshake failed; the inner <see cref="S2nException"/> says why. If this side's private key is outside s2n and failed to sign, the inner exception is what it threw.</exception>
    /// <exception cref="IOException">The inner stream failed; or the peer closed the connection during the handshake, which is an <see cref="S2nException"/> of type <see cref="S2nErrorType.Closed"/>.</exception>
    /// <exception cref="InvalidOperationException">The stream is already authenticated or being authenticated.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="context"/> is for servers, or <paramref name="targetHost"/> is not a valid name: it has a control character, an empty label
    /// or more than 255 characters, or is not a valid international name.
    /// </exception>
    public Task AuthenticateAsClientAsync(S2nContext context, string targetHost, CancellationToken cancellationToken = default)
    {
        HostNameMatch host = CheckClient(context, targetHost);
        return AuthenticateAsync(asServer: false, host.TargetHost, () => PlanClient(context, host), cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, CancellationToken)"/>
    public void AuthenticateAsClient(S2nContext context, string targetHost)
    {
        HostNameMatch host = CheckClient(context, targetHost);
        Authenticate(asServer: false, host.TargetHost, () => PlanClient(context, host));
    }

    /// <summary>
    /// Performs the handshake as a client with settings for this connection alone: application protocols, early data. Connections with different
    /// settings can share a context, with its parsed roots and its sessions.
    /// </summary>
    /// <param name="context">A client context. For early data, it must verify servers by roots or pre-shared keys, and have no application protocols.</param>
    /// <param name="options">The server's name and the connection's other settings.</param>
    /// <param name="cancellationToken">Cancels the handshake, after which the stream cannot be used.</param>
    /// <exception cref="NotSupportedException">
    /// Early data is combined with application protocols, with which s2n's early data does not work, or with validation by .NET, which would come
    /// too late; or an application protocol's name contains a zero byte.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The context is for servers; the target host is not a valid name: it has a control character, an empty label or more than 255 characters, or
    /// is not a valid international name; the port is out of range; or an application protocol's name is empty.
    /// </exception>
    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, CancellationToken)" path="/exception[@cref='T:System.Security.Authentication.AuthenticationException' or @cref='T:System.IO.IOException' or @cref='T:System.InvalidOperationException']"/>
    public Task AuthenticateAsClientAsync(S2nContext context, S2nClientConnectionOptions options, CancellationToken cancellationToken = default)
    {
        HandshakePlan plan = PlanClient(context, options);
        return AuthenticateAsync(asServer: false, plan.TargetHost, () => plan, cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, S2nClientConnectionOptions, CancellationToken)"/>
    public void AuthenticateAsClient(S2nContext context, S2nClientConnectionOptions options)
    {
        HandshakePlan plan = PlanClient(context, options);
        Authenticate(asServer: false, plan.TargetHost, () => plan);
    }

    /// <summary>
    /// Performs the handshake as a client, with SslStream's options. What they ask for is done or refused by name; <c>docs/sslstream.md</c> has
    /// the table. Connections with equal options share one s2n context.
    /// </summary>
    /// <remarks>
    /// A <see cref="LocalCertificateSelectionCallback"/> is called before the handshake, without a remote certificate or issuers. If it returns no
    /// certificate and the server asks for one, it is called again with the server's certificate and the issuers that the server accepts. That
    /// certificate has not been validated yet, and is disposed after the call. This call throws what the callback throws.
    /// </remarks>
    /// <param name="sslClientAuthenticationOptions">The options. Read before the call returns.</param>
    /// <param name="cancellationToken">Cancels the handshake, after which the stream cannot be used.</param>
    /// <exception cref="NotSupportedException">s2n does not support what an option asks for; the message names it.</exception>
    /// <exception cref="ArgumentException">The target host is not a valid name: it has a control character, an empty label or more than 255 characters, or is not a valid international name. Nothing has been sent.</exception>
    /// <exception cref="InvalidOperationException">The stream is already authenticated or being authenticated; or a callback is set both here and in the constructor.</exception>
    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, CancellationToken)" path="/exception[@cref='T:System.Security.Authentication.AuthenticationException' or @cref='T:System.IO.IOException']"/>
    public Task AuthenticateAsClientAsync(SslClientAuthenticationOptions sslClientAuthenticationOptions, CancellationToken cancellationToken = default)
    {
        ClientTranslation translation = Translate(sslClientAuthenticationOptions);
        return AuthenticateAsync(asServer: false, sslClientAuthenticationOptions.TargetHost, () => Plan(translation), cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsClientAsync(SslClientAuthenticationOptions, CancellationToken)"/>
    public void AuthenticateAsClient(SslClientAuthenticationOptions sslClientAuthenticationOptions)
    {
        ClientTranslation translation = Translate(sslClientAuthenticationOptions);
        Authenticate(asServer: false, sslClientAuthenticationOptions.TargetHost, () => Plan(translation));
    }

    /// <summary>Performs the handshake as a client without a certificate; see <see cref="AuthenticateAsClientAsync(SslClientAuthenticationOptions, CancellationToken)"/>.</summary>
    /// <param name="targetHost">The server's name.</param>
    /// <inheritdoc cref="AuthenticateAsClientAsync(SslClientAuthenticationOptions, CancellationToken)" path="/exception"/>
    public virtual Task AuthenticateAsClientAsync(string targetHost) =>
        AuthenticateAsClientAsync(targetHost, null, checkCertificateRevocation: false);

    /// <inheritdoc cref="AuthenticateAsClientAsync(string, X509CertificateCollection, SslProtocols, bool)"/>
    public virtual Task AuthenticateAsClientAsync(string targetHost, X509CertificateCollection? clientCertificates, bool checkCertificateRevocation) =>
        AuthenticateAsClientAsync(targetHost, clientCertificates, SslProtocols.None, checkCertificateRevocation);

    /// <summary>Performs the handshake as a client; see <see cref="AuthenticateAsClientAsync(SslClientAuthenticationOptions, CancellationToken)"/>.</summary>
    /// <param name="targetHost">The server's name.</param>
    /// <param name="clientCertificates">Certificates for a server that asks for one: the first with a private key is sent.</param>
    /// <param name="enabledSslProtocols">The protocol versions; <see cref="SslProtocols.None"/> means TLS 1.2 and 1.3.</param>
    /// <param name="checkCertificateRevocation">Whether to check online if the server's certificate has been revoked.</param>
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

    private HandshakePlan PlanClient(S2nContext context, HostNameMatch host) =>
        new(context) { Host = host, TargetPort = PortFor(context.SessionCache is not null) };

    /// <summary>Only sessions need the port, and the socket allocates an end point to tell it.</summary>
    private int PortFor(bool keepsSessions) => keepsSessions ? _transport.RemotePort : 0;

    private HandshakePlan Plan(ClientTranslation translation)
    {
        _targetHost = translation.TargetHost; // a selection callback may read it
        return translation.Plan(this, PortFor(translation.KeepsSessions));
    }

    /// <summary>Reads the options: later changes have no effect.</summary>
    private HandshakePlan PlanClient(S2nContext context, S2nClientConnectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        HostNameMatch host = CheckClient(context, options.TargetHost);
        if (options.TargetPort is < 0 or > ushort.MaxValue)
        {
            throw new ArgumentException($"{options.TargetPort} is not a valid port.", nameof(options));
        }

        SslApplicationProtocol[] protocols = [.. options.ApplicationProtocols ?? []];
        ApplicationProtocolNames.Check(protocols, nameof(options));
        EarlyDataRules.CheckClient(context, protocols, options.EarlyData);
        return new HandshakePlan(context)
        {
            Host = host,
            TargetPort = options.TargetPort > 0 ? options.TargetPort : PortFor(context.SessionCache is not null),
            ApplicationProtocols = protocols,
            EarlyData = options.EarlyData,
        };
    }

    /// <summary>Checks the caller's arguments before anything is started.</summary>
    private static HostNameMatch CheckClient(S2nContext context, string targetHost)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(targetHost);
        if (context.IsServer)
        {
            throw new ArgumentException("The context is for servers.", nameof(context));
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
