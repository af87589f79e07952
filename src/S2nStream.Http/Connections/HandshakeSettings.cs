using System.Net.Security;

namespace S2nTls.Http.Connections;

/// <summary>The settings of handshakes with origins: a context, or SslStream's options.</summary>
internal sealed class HandshakeSettings
{
    private readonly S2nContext? _context;
    private readonly SslClientAuthenticationOptions? _options;

    internal HandshakeSettings(S2nContext context) => _context = context;

    /// <param name="options">The options, copied: later changes have no effect, as with SocketsHttpHandler.</param>
    internal HandshakeSettings(SslClientAuthenticationOptions options) => _options = CopyFor(options, string.Empty, []);

    internal Task AuthenticateAsync(S2nStream stream, string serverName, int port, SslApplicationProtocol[] protocols, CancellationToken cancellationToken) =>
        _context is not null
            ? stream.AuthenticateAsClientAsync(
                _context,
                new S2nClientConnectionOptions { TargetHost = serverName, TargetPort = port, ApplicationProtocols = protocols },
                cancellationToken)
            : stream.AuthenticateAsClientAsync(CopyFor(_options!, serverName, protocols), cancellationToken);

    /// <summary>The handler sets the name and the application protocols, as SocketsHttpHandler does.</summary>
    internal static SslClientAuthenticationOptions CopyFor(SslClientAuthenticationOptions options, string serverName, SslApplicationProtocol[] protocols) => new()
    {
        AllowRenegotiation = options.AllowRenegotiation,
        AllowRsaPkcs1Padding = options.AllowRsaPkcs1Padding,
        AllowRsaPssPadding = options.AllowRsaPssPadding,
        AllowTlsResume = options.AllowTlsResume,
        ApplicationProtocols = [.. protocols],
        CertificateChainPolicy = options.CertificateChainPolicy,
        CertificateRevocationCheckMode = options.CertificateRevocationCheckMode,
        CipherSuitesPolicy = options.CipherSuitesPolicy,
        ClientCertificateContext = options.ClientCertificateContext,
        ClientCertificates = options.ClientCertificates,
        EnabledSslProtocols = options.EnabledSslProtocols,
        EncryptionPolicy = options.EncryptionPolicy,
        LocalCertificateSelectionCallback = options.LocalCertificateSelectionCallback,
        RemoteCertificateValidationCallback = options.RemoteCertificateValidationCallback,
        TargetHost = serverName,
    };
}
