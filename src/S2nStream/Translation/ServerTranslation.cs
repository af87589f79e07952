using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;
using S2nTls.Certificates.Verification;
using S2nTls.Context;
using S2nTls.Errors;

namespace S2nTls.Translation;

/// <summary>Translates SslStream's server options into s2n's terms, for one handshake. Reads them when it is made, as SslStream does.</summary>
internal sealed class ServerTranslation
{
    private const string NoCertificate = "A server needs a certificate with its private key.";

    private readonly S2nServerOptions _options;
    private readonly Func<S2nFault, string?>? _explainPolicy;
    private readonly CertificateTranslation? _certificate;
    private readonly ServerCertificateSelectionCallback? _selection;
    private readonly LocalCertificateSelectionCallback? _legacySelection;

    /// <exception cref="NotSupportedException">There is no certificate, or s2n does not support what an option asks for.</exception>
    /// <exception cref="InvalidOperationException">The options contradict each other or the constructor.</exception>
    /// <exception cref="AuthenticationException">The certificate's private key was not found.</exception>
    internal ServerTranslation(SslServerAuthenticationOptions options, StreamCallbacks callbacks)
    {
        _selection = options.ServerCertificateSelectionCallback;
        _legacySelection = callbacks.Selection;
        bool hasCertificate = options.ServerCertificate is not null || options.ServerCertificateContext is not null || _legacySelection is not null;
        if (!hasCertificate && _selection is null)
        {
            throw new NotSupportedException(NoCertificate);
        }

        if (hasCertificate && _selection is not null)
        {
            throw new InvalidOperationException(
                $"The option {nameof(options.ServerCertificateSelectionCallback)} is set, and so is another source of the server's certificate.");
        }

        _options = new S2nServerOptions
        {
            RemoteCertificateValidationCallback = ThrowingCallback.AsOnThisRuntime(callbacks.ValidationOr(options.RemoteCertificateValidationCallback)),
            CertificateRevocationCheckMode = options.CertificateRevocationCheckMode,
            CertificateChainPolicy = options.CertificateChainPolicy,
            AllowTlsResume = options.AllowTlsResume && !ResumptionSwitch.IsOff,
            IgnoreWarningAlerts = true, // as OpenSSL does under SslStream
        };
        _options.ClientCertificateMode =
            !options.ClientCertificateRequired ? S2nClientCertificateMode.None
            : _options.RemoteCertificateValidationCallback is null ? S2nClientCertificateMode.Required
            : S2nClientCertificateMode.Optional; // the callback decides on a client without one
        OptionRefusal.ThrowIfUnsupported(options.EncryptionPolicy, options.AllowRsaPssPadding, options.AllowRsaPkcs1Padding);
        OptionRefusal.ThrowIfRenegotiationAllowed(options.AllowRenegotiation);
        SelectedPolicy selected = SecurityPolicySelection.For(options.EnabledSslProtocols, options.CipherSuitesPolicy);
        _options.SecurityPolicy = selected.Policy;
        _explainPolicy = selected.Explain;
        _options.Offer(options.ApplicationProtocols);
        _certificate =
            options.ServerCertificateContext is { } context ? CertificateTranslation.Of(context)
            : options.ServerCertificate is { } certificate ? CertificateTranslation.Of(certificate) ?? throw new AuthenticationException(NoCertificate)
            : null;
    }

    /// <summary>Makes the plan, with the context that connections with equal options share, or one that waits for the ClientHello.</summary>
    internal HandshakePlan Plan(object stream) =>
        _selection is not null
            ? HelloContext.Plan((hello, _) => ValueTask.FromResult(PlanFor(InternationalName.ToUnicode(hello.ServerName), stream)))
            : PlanFor(null, stream);

    /// <summary>Makes the plan for a client; the name that it asks for is needed if that selects the certificate.</summary>
    internal HandshakePlan PlanFor(string? serverName, object stream) =>
        _selection is not null
            ? Plan(Selected(_selection(stream, serverName!)))
            : Plan(_legacySelection is null ? _certificate! : SelectedByOldCallback(stream));

    private HandshakePlan Plan(CertificateTranslation certificate)
    {
        ContextSettings settings = ContextSettings.Of(_options);

        // The callback is called even for a client that was not asked for a certificate, as SslStream's is.
        VerificationSettings? verification =
            settings.Verification ?? (_options.RemoteCertificateValidationCallback is null ? null : VerificationSettings.Of(_options));
        CertificateValidation? validation = verification is null ? null : CertificateValidation.For(verification);
        if (settings.Verification is not null && validation is not null)
        {
            settings = settings with { Verification = VerificationSettings.PerConnection };
        }

        if (certificate.MayFetchStaples)
        {
            settings = settings with { OcspStapler = S2nOcspStapler.Shared };
        }

        S2nContext context = certificate.Contexts.GetOrCreate(settings, () => S2nContext.Create(settings, [certificate.Certificate]));
        return new HandshakePlan(context) { Validation = validation, ChecksRevocation = settings.ChecksRevocation, ExplainPolicy = _explainPolicy };
    }

    /// <summary>Before servers had their own callback, they used the clients'.</summary>
    private CertificateTranslation SelectedByOldCallback(object stream) =>
        _legacySelection!(stream, string.Empty, _certificate is null ? [] : [_certificate.Own], null, []) is { } selected
            ? Selected(selected)
            : throw new NotSupportedException(NoCertificate);

    private static CertificateTranslation Selected(X509Certificate? certificate) =>
        certificate is null
            ? throw new AuthenticationException($"The callback selected no certificate. {NoCertificate}")
            : CertificateTranslation.Of(certificate) ?? throw new NotSupportedException(NoCertificate);
}
