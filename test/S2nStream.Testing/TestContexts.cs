using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Testing;

/// <summary>Contexts for the shared certificate of <see cref="TestAuthority.Default"/>. Every handshake is a full one, unless a test asks for more.</summary>
public static class TestContexts
{
    /// <summary>A policy that speaks TLS 1.2 only.</summary>
    public static S2nSecurityPolicy Tls12Policy { get; } = new("20240331");

    public static S2nContext Server { get; } = MakeServer();

    public static S2nContext Client { get; } = MakeClient();

    public static S2nContext Server12 { get; } = MakeServer(options => options.SecurityPolicy = Tls12Policy);

    public static S2nContext Client12 { get; } = MakeClient(options => options.SecurityPolicy = Tls12Policy);

    public static S2nContext ServerFor(SslProtocols protocol) => protocol == SslProtocols.Tls12 ? Server12 : Server;

    public static S2nContext ClientFor(SslProtocols protocol) => protocol == SslProtocols.Tls12 ? Client12 : Client;

    public static S2nContext MakeServer(Action<S2nServerOptions>? configure = null, X509Certificate2? certificate = null)
    {
        using S2nCertificate own = S2nCertificate.FromX509(certificate ?? TestAuthority.Localhost);
        var options = new S2nServerOptions { Certificates = { own }, MaxBlindingDelay = TimeSpan.FromSeconds(1), AllowTlsResume = false };
        configure?.Invoke(options);
        return S2nContext.CreateServer(options);
    }

    public static S2nContext MakeClient(Action<S2nClientOptions>? configure = null)
    {
        var options = new S2nClientOptions
        {
            TrustedRoots = TestAuthority.Default.Roots,
            MaxBlindingDelay = TimeSpan.FromSeconds(1),
            AllowTlsResume = false,
        };
        configure?.Invoke(options);
        return S2nContext.CreateClient(options);
    }
}
