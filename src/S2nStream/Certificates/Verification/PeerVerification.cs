using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Roots;
using S2nTls.Context;
using S2nTls.Interop;

namespace S2nTls.Certificates.Verification;

/// <summary>How peers are verified: read from the options once, and set on any number of configs.</summary>
internal sealed class PeerVerification
{
    private readonly bool _isServer;

    /// <summary>Null stands for the system's.</summary>
    private readonly TrustAnchors? _roots;

    /// <exception cref="ArgumentException">The roots are none, or the options contradict each other.</exception>
    internal PeerVerification(S2nContextOptions options)
    {
        CheckRoots(options.TrustedRoots);
        _isServer = options is S2nServerOptions;
        Validation = options.IsJudgedPerConnection ? null : CertificateValidation.For(options, _isServer);
        IsJudged = options.IsJudgedPerConnection || Validation is not null;
        RevocationLists = options.RevocationLists;
        if (IsJudged && RevocationLists is not null)
        {
            throw new ArgumentException(
                $"{nameof(options.RevocationLists)} is set, but other options have .NET verify the peer, which looks for revocation in its own way ({nameof(options.CertificateRevocationCheckMode)}).", nameof(options));
        }

        _roots = !IsJudged && CertificateValidation.Roots(options) is { } roots ? new TrustAnchors(roots) : null;
    }

    /// <summary>.NET's judgement; null where s2n's own verification decides, or where each connection brings its own.</summary>
    internal CertificateValidation? Validation { get; }

    /// <summary>Whether .NET judges in s2n's place.</summary>
    internal bool IsJudged { get; }

    /// <summary>What s2n verifies peers against; null where it does not look for revocation.</summary>
    internal IS2nRevocationListProvider? RevocationLists { get; }

    /// <summary>Sets up s2n's own verification, or .NET's in its place.</summary>
    /// <returns>What s2n trusts; null where it is not the judge.</returns>
    internal TrustAnchors? Apply(ConfigHandle config)
    {
        if (RevocationLists is not null)
        {
            ConfigBuilder.LookUpRevocation(config, _isServer);
        }

        if (IsJudged)
        {
            ConfigBuilder.LeaveVerification(config, _isServer);
            return null;
        }

        TrustAnchors trust = _roots ?? SystemRoots.Load();
        trust.AddTo(config, allOfThem: _roots is not null);
        ConfigBuilder.DemandMore(config);
        return trust;
    }

    /// <summary>.NET trusts self-issued roots only, while s2n takes any certificate for an anchor: what both take is allowed.</summary>
    private static void CheckRoots(X509Certificate2Collection? roots)
    {
        if (roots?.Count == 0)
        {
            throw new ArgumentException("The collection of trusted roots is empty: nothing could be verified.", nameof(roots));
        }

        if (roots?.FirstOrDefault(root => !CertificateValidation.IsSelfIssued(root)) is { } intermediate)
        {
            throw new ArgumentException($"'{intermediate.Subject}' is no root: it was issued by '{intermediate.Issuer}'.", nameof(roots));
        }

        if (roots?.FirstOrDefault(root => !SelfSignature.IsOn(root)) is { } foreign)
        {
            throw new ArgumentException(
                CertificateFields.TryRead(foreign.RawDataMemory.Span, out _)
                    ? $"'{foreign.Subject}' is no root: it was not signed with its own key."
                    : $"'{foreign.Subject}' cannot be decoded, or has an extension twice.", nameof(roots));
        }
    }
}
