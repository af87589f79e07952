using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours;

/// <summary>What a handshake is to be about, in words that both types understand.</summary>
public sealed record TlsSettings
{
    public static TlsSettings Default { get; } = new();

    public SslProtocols Protocol { get; init; } = SslProtocols.Tls13;

    /// <summary>Application protocols, the preferred one first.</summary>
    public IReadOnlyList<string> ClientProtocols { get; init; } = [];

    public IReadOnlyList<string> ServerProtocols { get; init; } = [];

    public X509Certificate2 ServerCertificate { get; init; } = TestAuthority.Localhost;

    public X509Certificate2? ClientCertificate { get; init; }

    public bool RequiresClientCertificate { get; init; }

    /// <summary>Whether the server asks for a certificate and does without.</summary>
    public bool AsksForClientCertificate { get; init; }

    /// <summary>Whether both sides check the other's revocation; what they find does not matter.</summary>
    public bool ChecksRevocation { get; init; }

    /// <summary>The same, by a chain policy.</summary>
    public bool ChecksRevocationByPolicy { get; init; }

    public string TargetHost { get; init; } = "localhost";

    public X509Certificate2Collection Roots { get; init; } = TestAuthority.Default.Roots;
}
