using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Roots;
using S2nTls.Context;

namespace S2nTls.Certificates.Verification;

/// <summary>The options' settings for verifying peers, read once. Immutable.</summary>
internal sealed record VerificationSettings
{
    private VerificationSettings() { }

    /// <summary>Each connection brings its own .NET validation of the peer, so that connections with different ones can share a context.</summary>
    internal static VerificationSettings PerConnection { get; } = new();

    internal bool IsServer { get; private init; }

    internal S2nSecurityPolicy? SecurityPolicy { get; private init; }

    /// <summary>The trusted roots; null means the system's.</summary>
    internal RootList? Roots { get; private init; }

    /// <summary>The state of the system's roots, if s2n trusts them: contexts are remade when they change.</summary>
    internal SystemRoots.Version? SystemRoots { get; private init; }

    internal RemoteCertificateValidationCallback? Callback { get; private init; }

    /// <summary>A copy; null if there is none, or it only says which roots are trusted.</summary>
    internal X509ChainPolicy? ChainPolicy { get; private init; }

    internal X509RevocationMode RevocationMode { get; private init; }

    internal S2nRevocationListProvider? RevocationLists { get; private init; }

    /// <inheritdoc cref="S2nContextOptions.CertificatesOfMachine"/>
    internal X509Certificate2Collection? CertificatesOfMachine { get; private init; }

    /// <summary>Whether .NET, not s2n, verifies the peer.</summary>
    internal bool IsLeftToNet =>
        ReferenceEquals(this, PerConnection) || Callback is not null || ChainPolicy is not null || RevocationMode != X509RevocationMode.NoCheck;

    /// <exception cref="ArgumentException">The roots are not valid, or the options contradict each other.</exception>
    internal static VerificationSettings Of(S2nContextOptions options)
    {
        if (options is { TrustedRoots: not null, CertificateChainPolicy: not null })
        {
            throw new ArgumentException(
                $"{nameof(options.TrustedRoots)} and {nameof(options.CertificateChainPolicy)} are both set: put the roots into the policy.", ContextSettings.Parameter);
        }

        RootList.Check(options.TrustedRoots, ContextSettings.Parameter);
        X509ChainPolicy? policy = options.CertificateChainPolicy;
        bool saysMore = policy is not null && !AsksForTrustOnly(policy);
        X509Certificate2Collection? roots = policy is { TrustMode: X509ChainTrustMode.CustomRootTrust } ? policy.CustomTrustStore : options.TrustedRoots;
        var settings = new VerificationSettings
        {
            IsServer = options is S2nServerOptions,
            SecurityPolicy = options.SecurityPolicy,
            Roots = roots is null ? null : new RootList(roots),
            Callback = options.RemoteCertificateValidationCallback,
            ChainPolicy = saysMore ? policy!.Clone() : null,
            RevocationMode = policy is null ? options.CertificateRevocationCheckMode : X509RevocationMode.NoCheck,
            RevocationLists = options.RevocationLists,
            CertificatesOfMachine = options.CertificatesOfMachine,
        };
        if (settings is { IsLeftToNet: true, RevocationLists: not null })
        {
            throw new ArgumentException(
                $"{nameof(options.RevocationLists)} is set, but other options make .NET verify the peer, which checks revocation in its own way ({nameof(options.CertificateRevocationCheckMode)}).", ContextSettings.Parameter);
        }

        return settings.IsLeftToNet || roots is not null ? settings : settings with { SystemRoots = Certificates.Roots.SystemRoots.CurrentVersion() };
    }

    /// <summary>Whether a policy only says which roots are trusted, so that s2n can apply it.</summary>
    private static bool AsksForTrustOnly(X509ChainPolicy policy) =>
        policy is
        {
            RevocationMode: X509RevocationMode.NoCheck,
            VerificationFlags: X509VerificationFlags.NoFlag,
            VerificationTimeIgnored: true,
            ApplicationPolicy.Count: 0,
            CertificatePolicy.Count: 0,
            ExtraStore.Count: 0,
        } &&
        (policy.TrustMode == X509ChainTrustMode.System || policy.CustomTrustStore.Count > 0 && policy.CustomTrustStore.All(SelfSignature.IsOn));
}
