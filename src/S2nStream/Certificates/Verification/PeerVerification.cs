using S2nTls.Certificates.Roots;
using S2nTls.Interop;

namespace S2nTls.Certificates.Verification;

/// <summary>How the peers of a context are verified: by s2n, or by .NET instead. It can be set on any number of configs.</summary>
internal sealed class PeerVerification
{
    private readonly VerificationSettings _settings;

    /// <summary>Null means the system's.</summary>
    private readonly TrustAnchors? _roots;

    internal PeerVerification(VerificationSettings settings)
    {
        _settings = settings;
        Validation = CertificateValidation.For(settings);
        _roots = !settings.IsLeftToNet && settings.Roots is { } roots ? new TrustAnchors(roots.Certificates) : null;
    }

    /// <summary>.NET's validation; null if s2n's own verification decides, or if each connection brings its own.</summary>
    internal CertificateValidation? Validation { get; }

    /// <summary>Sets up s2n's own verification, or .NET's instead.</summary>
    /// <returns>The roots that s2n trusts; null if s2n does not verify.</returns>
    internal unsafe TrustAnchors? Apply(ConfigHandle config)
    {
        if (_settings.RevocationLists is not null)
        {
            S2nError.Check(S2n.s2n_config_set_crl_lookup_cb(config, Callbacks.RevocationLookup, 0));
        }

        // If s2n verifies, this callback checks what s2n does not; before anything is sent in answer.
        S2nError.Check(S2n.s2n_config_set_cert_validation_cb(config, Callbacks.CertificateValidation, 0));
        if (_settings.IsLeftToNet)
        {
            S2nError.Check(S2n.s2n_config_disable_x509_verification(config));
            return null;
        }

        TrustAnchors trust = _roots ?? SystemRoots.Load();
        trust.AddTo(config, allOfThem: _roots is not null);
        return trust;
    }
}
