using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours;

/// <summary>The settings as the options that both types take.</summary>
internal static class SettingsOptions
{
    private static readonly SslStreamCertificateContext s_localhost = Context(TestAuthority.Localhost);

    private static SslStreamCertificateContext Context(X509Certificate2 certificate) =>
        SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);

    private static List<SslApplicationProtocol>? Protocols(IReadOnlyList<string> names) =>
        names.Count == 0 ? null : [.. names.Select(name => new SslApplicationProtocol(name))];

    private static X509ChainPolicy Policy(TlsSettings settings)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = settings.ChecksRevocationByPolicy ? X509RevocationMode.Offline : X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(settings.Roots);
        return policy;
    }

    /// <summary>Where the usual policy does not serve.</summary>
    private static RemoteCertificateValidationCallback? Callback(TlsSettings settings) =>
        settings.ChecksRevocation || settings.ChecksRevocationByPolicy || settings.AsksForClientCertificate
            ? (_, _, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            : null;

    // Without resumption, so that no handshake depends on an earlier one in the same process.
    internal static SslClientAuthenticationOptions ForClient(this TlsSettings settings) => new()
    {
        TargetHost = settings.TargetHost,
        EnabledSslProtocols = settings.Protocol,
        CertificateChainPolicy = settings.ChecksRevocation ? null : Policy(settings),
        CertificateRevocationCheckMode = settings.ChecksRevocation ? X509RevocationMode.Offline : X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = Callback(settings),
        ApplicationProtocols = Protocols(settings.ClientProtocols),
        ClientCertificateContext = settings.ClientCertificate is null ? null : Context(settings.ClientCertificate),
        AllowTlsResume = false,
    };

    internal static SslServerAuthenticationOptions ForServer(this TlsSettings settings) => new()
    {
        EnabledSslProtocols = settings.Protocol,
        CertificateChainPolicy = settings.ChecksRevocation ? null : Policy(settings),
        CertificateRevocationCheckMode = settings.ChecksRevocation ? X509RevocationMode.Offline : X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = Callback(settings),
        ApplicationProtocols = Protocols(settings.ServerProtocols),
        ServerCertificateContext = settings.ServerCertificate == TestAuthority.Localhost ? s_localhost : Context(settings.ServerCertificate),
        ClientCertificateRequired = settings.RequiresClientCertificate || settings.AsksForClientCertificate,
        AllowTlsResume = false,
    };
}
