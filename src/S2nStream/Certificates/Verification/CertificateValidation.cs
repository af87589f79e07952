using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;
using S2nTls.Certificates.Roots;
using S2nTls.Errors;

namespace S2nTls.Certificates.Verification;

/// <summary>
/// Validates a peer's certificates with .NET, with the same meaning of the options as in SslStream. It is used only if something is requested that
/// s2n's own verification does not do. Immutable and thread-safe.
/// </summary>
internal sealed class CertificateValidation
{
    private static readonly Oid s_serverAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid s_clientAuthentication = new("1.3.6.1.5.5.7.3.2");

    /// <summary>.NET 11's SslStream shows a callback what the peer sent without the peer's own certificate, .NET 10's with it.</summary>
    private static readonly int s_firstShown = Environment.Version.Major >= 11 ? 1 : 0;

    private readonly RemoteCertificateValidationCallback? _callback;

    /// <summary>SslStream applies the flag to the host name too.</summary>
    private readonly bool _ignoresName;

    /// <summary>Relaxing .NET's verification by flags, or wanting another purpose, relaxes this too.</summary>
    private readonly ChainDemands.Terms _demands;

    /// <summary>The security policy's restrictions on certificates; null if it has none.</summary>
    private readonly PolicyAlgorithms? _algorithms;

    private readonly X509Certificate2Collection? _ofMachine;

    /// <summary>A template: each connection gets its own clone.</summary>
    private readonly X509ChainPolicy _policy;

    private CertificateValidation(VerificationSettings settings)
    {
        _callback = settings.Callback;
        _policy = settings.ChainPolicy?.Clone() ?? DefaultPolicy(settings);
        _policy.DisableCertificateDownloads = true;
        _ignoresName = _policy.VerificationFlags.HasFlag(X509VerificationFlags.IgnoreInvalidName);
        bool isOrdinary = (_policy.VerificationFlags & ~X509VerificationFlags.IgnoreInvalidName) == X509VerificationFlags.NoFlag;
        _algorithms = PolicyAlgorithms.Of(settings.SecurityPolicy!);
        _ofMachine = settings.CertificatesOfMachine;
        _demands = new ChainDemands.Terms(settings.IsServer, OfPurpose: isOrdinary && _policy.ApplicationPolicy.Count == 0, OfIssuers: isOrdinary);
        if (_policy.ApplicationPolicy.Count == 0)
        {
            _policy.ApplicationPolicy.Add(settings.IsServer ? s_clientAuthentication : s_serverAuthentication);
        }
    }

    /// <returns>Null if s2n's own verification does all that is requested, or each connection brings its own.</returns>
    internal static CertificateValidation? For(VerificationSettings settings) =>
        settings.IsLeftToNet && settings != VerificationSettings.PerConnection ? new CertificateValidation(settings) : null;

    internal static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    /// <summary>Validates what the peer has sent.</summary>
    /// <param name="sender">The sender to pass to the callback.</param>
    /// <param name="sent">The certificates in the order in which they were sent, at least one.</param>
    /// <param name="host">The host for which a server's certificate must have been issued.</param>
    /// <returns>Why it is refused; null if it is accepted.</returns>
    internal S2nFault? Judge(object? sender, X509Certificate2Collection sent, HostNameMatch? host)
    {
        using var chain = new X509Chain { ChainPolicy = _policy.Clone() };
        for (int i = s_firstShown; i < sent.Count; i++)
        {
            chain.ChainPolicy.ExtraStore.Add(sent[i]);
        }

        chain.ChainPolicy.ExtraStore.AddRange(_ofMachine ?? []);
        bool isBuilt;
        try
        {
            isBuilt = chain.Build(sent[0]);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return CertificateRefusal.NotUnderstood(e); // there is no chain to pass to a callback
        }

        UnmetDemand? unmet = FindUnmet(chain, sent);
        bool bearsName = _ignoresName || host is null ||
            CertificateFields.TryRead(sent[0].RawDataMemory.Span, out CertificateFields fields) && host.IsBorneBy(fields);
        SslPolicyErrors errors = isBuilt && unmet is null ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors;
        if (!bearsName)
        {
            errors |= SslPolicyErrors.RemoteCertificateNameMismatch;
        }

        bool accepted = _callback?.Invoke(sender!, sent[0], chain, errors) ?? errors == SslPolicyErrors.None;
        return accepted ? null : CertificateRefusal.For(errors, chain, unmet, byCallback: _callback is not null);
    }

    /// <summary>Validates a client that was asked for an optional certificate and sent none.</summary>
    /// <inheritdoc cref="Judge" path="/returns"/>
    internal S2nFault? JudgeNone(object? sender) =>
        _callback?.Invoke(sender!, null, null, SslPolicyErrors.RemoteCertificateNotAvailable) ?? true
            ? null
            : CertificateRefusal.For(SslPolicyErrors.RemoteCertificateNotAvailable, null, null, byCallback: true);

    private static X509ChainPolicy DefaultPolicy(VerificationSettings settings)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = settings.RevocationMode,
            RevocationFlag = X509RevocationFlag.ExcludeRoot,
        };
        if (settings.Roots is { } roots)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            foreach (X509Certificate2 root in roots.Certificates)
            {
                // Copies: the context outlives the objects that the caller may dispose.
                policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(root.RawData));
            }
        }

        return policy;
    }

    /// <summary>
    /// Checks what .NET does not: what is also demanded with s2n's verification (<see cref="ChainDemands"/>), and what s2n itself checks there.
    /// </summary>
    /// <returns>The first unmet demand; null if all are met.</returns>
    private UnmetDemand? FindUnmet(X509Chain chain, X509Certificate2Collection sent)
    {
        var demands = new ChainDemands(_demands with { Misleading = Misleading() });
        for (int i = 0; i < chain.ChainElements.Count; i++)
        {
            if (demands.Next(chain.ChainElements[i].Certificate.RawDataMemory.Span, isLast: i == chain.ChainElements.Count - 1) is { } unmet)
            {
                return unmet;
            }
        }

        return FindOutsidePolicy(chain, sent) ?? (chain.ChainStatus.Length == 0 && chain.ChainElements.Count > 0 ? FindDoubtful(chain, sent) : null);
    }

    /// <summary>s2n checks all certificates that are sent, whether or not the chain needs them, and the root's key.</summary>
    private UnmetDemand? FindOutsidePolicy(X509Chain chain, X509Certificate2Collection sent)
    {
        if (_algorithms is null)
        {
            return null;
        }

        IEnumerable<X509Certificate2> all = chain.ChainElements is [.., { Certificate: var last }] && IsSelfIssued(last) ? sent.Append(last) : sent;
        return all.Select(certificate => _algorithms.Next(certificate.RawDataMemory.Span)).FirstOrDefault(unmet => unmet is not null);
    }

    /// <summary>
    /// For a chain that .NET trusts: checks that its root is one, and that the peer has sent the rest. <see cref="SelfSignature"/> keeps its
    /// results in memory, so it is asked only about trusted roots, not about what peers send.
    /// </summary>
    private UnmetDemand? FindDoubtful(X509Chain chain, X509Certificate2Collection sent)
    {
        X509Certificate2 root = chain.ChainElements[^1].Certificate;
        if (!SelfSignature.IsOn(root))
        {
            return new("S2N_ERR_CERT_UNTRUSTED", $"the trusted root '{root.Subject}' was not signed with its own key");
        }

        // Of this machine's stores only roots count: which certificates a chain needs must not depend on who validates it.
        X509Certificate2? found = chain.ChainElements.Skip(1).SkipLast(1).Select(element => element.Certificate).FirstOrDefault(certificate =>
            !IsIn(sent, certificate) && !IsIn(_policy.ExtraStore, certificate) && !IsIn(_policy.CustomTrustStore, certificate));
        return found is not null && _demands.OfIssuers
            ? new("S2N_ERR_CERT_UNTRUSTED", $"the intermediate '{found.Subject}' was not sent by the peer; only this machine has it")
            : null;
    }

    private static bool IsIn(X509Certificate2Collection certificates, X509Certificate2 wanted) =>
        certificates.Any(certificate => certificate.RawDataMemory.Span.SequenceEqual(wanted.RawDataMemory.Span));

    private MisleadingCertificates? Misleading()
    {
        if (_policy.TrustMode == X509ChainTrustMode.CustomRootTrust)
        {
            return MisleadingCertificates.Among(_policy.CustomTrustStore.Concat(_ofMachine ?? []));
        }

        try
        {
            return SystemRoots.Latest().Misleading;
        }
        catch (Exception e) when (e is InvalidOperationException or S2nException)
        {
            return null; // s2n's verification has no roots at all; .NET has found some
        }
    }
}
