using System.Collections.Frozen;
using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Interop;

namespace S2nTls;

/// <summary>
/// .NET's judgement of a peer's certificates, with SslStream's meaning of the options. It is used only where
/// something is asked for that s2n's own verification does not do. Immutable and thread-safe.
/// </summary>
internal sealed class CertificateValidation
{
    private static readonly Oid s_serverAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid s_clientAuthentication = new("1.3.6.1.5.5.7.3.2");

    /// <summary>RSA and ECDSA with MD2, MD4, MD5 or SHA-1.</summary>
    private static readonly FrozenSet<string?> s_brokenSignatures = FrozenSet.ToFrozenSet<string?>(
    [
        "1.2.840.113549.1.1.2", "1.2.840.113549.1.1.3", "1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.840.10045.4.1",
    ]);

    private readonly RemoteCertificateValidationCallback? _callback;
    private readonly bool _isServer;

    /// <summary>SslStream takes the flag for the host's name too.</summary>
    private readonly bool _ignoresName;

    /// <summary>A template: each connection has its own clone.</summary>
    private readonly X509ChainPolicy _policy;

    private CertificateValidation(S2nContextOptions options, bool isServer)
    {
        _callback = options.RemoteCertificateValidationCallback;
        _isServer = isServer;
        _policy = options.CertificateChainPolicy?.Clone() ?? DefaultPolicy(options);
        _policy.DisableCertificateDownloads = true;
        _ignoresName = _policy.VerificationFlags.HasFlag(X509VerificationFlags.IgnoreInvalidName);
        if (_policy.ApplicationPolicy.Count == 0)
        {
            _policy.ApplicationPolicy.Add(isServer ? s_clientAuthentication : s_serverAuthentication);
        }
    }

    /// <returns>Null where s2n's own verification does all that the options ask for.</returns>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    internal static CertificateValidation? For(S2nContextOptions options, bool isServer)
    {
        if (options is { TrustedRoots: not null, CertificateChainPolicy: not null })
        {
            throw new ArgumentException(
                $"{nameof(options.TrustedRoots)} and {nameof(options.CertificateChainPolicy)} are both set: give the roots in the policy.", nameof(options));
        }

        bool s2nDecides =
            options.RemoteCertificateValidationCallback is null &&
            (options.CertificateChainPolicy is { } policy
                ? AsksForTrustOnly(policy)
                : options.CertificateRevocationCheckMode == X509RevocationMode.NoCheck);
        return s2nDecides ? null : new CertificateValidation(options, isServer);
    }

    /// <summary>The roots that the options name; null stands for the system's.</summary>
    internal static X509Certificate2Collection? Roots(S2nContextOptions options) =>
        options.CertificateChainPolicy is { TrustMode: X509ChainTrustMode.CustomRootTrust } policy ? policy.CustomTrustStore : options.TrustedRoots;

    internal static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    /// <summary>Judges what the peer has sent.</summary>
    /// <param name="sender">What the callback is told that asks it.</param>
    /// <param name="sent">The certificates in the order in which they were sent, at least one.</param>
    /// <param name="host">The host that a server's certificate must have been issued for.</param>
    /// <returns>Why it is refused; null where it is not.</returns>
    internal S2nFault? Judge(object? sender, X509Certificate2Collection sent, HostNameMatch? host)
    {
        using var chain = new X509Chain { ChainPolicy = _policy.Clone() };
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        bool isBuilt;
        try
        {
            isBuilt = chain.Build(sent[0]);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return CertificateRefusal.NotUnderstood(e); // there is no chain to ask a callback about
        }

        (string, string)? unmet;
        bool bearsName;
        try
        {
            unmet = UnmetDemand(chain, sent[0]);
            bearsName = _ignoresName || (host?.IsBorneBy(sent[0]) ?? true);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            unmet = ("S2N_ERR_CERT_INVALID", "an extension of the certificate cannot be decoded");
            bearsName = _ignoresName || host is null;
        }

        SslPolicyErrors errors = isBuilt && unmet is null ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors;
        if (!bearsName)
        {
            errors |= SslPolicyErrors.RemoteCertificateNameMismatch;
        }

        bool accepted = _callback?.Invoke(sender!, sent[0], chain, errors) ?? errors == SslPolicyErrors.None;
        return accepted ? null : CertificateRefusal.For(errors, chain, unmet, byCallback: _callback is not null);
    }

    /// <summary>Judges a client that was asked for a certificate, need not have one, and has sent none.</summary>
    /// <inheritdoc cref="Judge" path="/returns"/>
    internal S2nFault? JudgeNone(object? sender) =>
        _callback?.Invoke(sender!, null, null, SslPolicyErrors.RemoteCertificateNotAvailable) ?? true
            ? null
            : CertificateRefusal.For(SslPolicyErrors.RemoteCertificateNotAvailable, null, null, byCallback: true);

    /// <summary>Whether a policy says nothing but which roots are trusted, so that s2n can do what it asks.</summary>
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
        (policy.TrustMode == X509ChainTrustMode.System || policy.CustomTrustStore.Count > 0 && policy.CustomTrustStore.All(IsSelfIssued));

    private static X509ChainPolicy DefaultPolicy(S2nContextOptions options)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = options.CertificateRevocationCheckMode,
            RevocationFlag = X509RevocationFlag.ExcludeRoot,
        };
        if (options.TrustedRoots is { } roots)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            foreach (X509Certificate2 root in roots)
            {
                // Copies: the context outlives what the caller disposes.
                policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(root.RawData));
            }
        }

        return policy;
    }

    /// <summary>
    /// What s2n demands beyond .NET: that the key may be used for TLS (RFC 5246 §7.4.2, RFC 8446 §4.4.2.2), and
    /// that no certificate below the root is signed with a broken hash.
    /// </summary>
    /// <returns>What is not met, by s2n's name and in words; null where all is.</returns>
    private (string Error, string Reason)? UnmetDemand(X509Chain chain, X509Certificate2 certificate)
    {
        X509KeyUsageFlags wanted = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyAgreement;
        if (!_isServer)
        {
            wanted |= X509KeyUsageFlags.KeyEncipherment; // a server's RSA key may also serve to transport the secret
        }

        if (certificate.Extensions.OfType<X509KeyUsageExtension>().Any(extension => (extension.KeyUsages & wanted) == 0))
        {
            return ("S2N_ERR_CERT_INTENT_INVALID", "its key usage does not allow TLS");
        }

        return chain.ChainElements.Any(element =>
            !IsSelfIssued(element.Certificate) && s_brokenSignatures.Contains(element.Certificate.SignatureAlgorithm.Value))
            ? ("S2N_ERR_CERT_UNTRUSTED", "a certificate below the root is signed with MD5 or SHA-1")
            : null;
    }
}
