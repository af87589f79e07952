using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;
using S2nTls.Certificates.Verification;
using S2nTls.Context;
using S2nTls.Errors;

namespace S2nTls.Translation;

/// <summary>Translates SslStream's client options into s2n's terms, for one handshake. Reads them when it is made, as SslStream does.</summary>
internal sealed class ClientTranslation
{
    private static readonly ContextCache s_contextsWithoutCertificate = new();

    private readonly S2nClientOptions _options;
    private readonly Func<S2nFault, string?>? _explainPolicy;
    private readonly HostNameMatch _host;
    private readonly LocalCertificateSelectionCallback? _selection;
    private readonly X509CertificateCollection? _certificates;
    private readonly SslStreamCertificateContext? _certificateContext;

    /// <exception cref="NotSupportedException">s2n does not support what an option asks for.</exception>
    /// <exception cref="InvalidOperationException">The options contradict the constructor.</exception>
    /// <exception cref="ArgumentException">The target host is not a valid name.</exception>
    internal ClientTranslation(SslClientAuthenticationOptions options, StreamCallbacks callbacks)
    {
        _selection = callbacks.SelectionOr(options.LocalCertificateSelectionCallback);
        _certificates = options.ClientCertificates;
        _certificateContext = options.ClientCertificateContext;
        _host = new HostNameMatch(options.TargetHost ?? string.Empty);
        _options = new S2nClientOptions
        {
            RemoteCertificateValidationCallback = ThrowingCallback.AsOnThisRuntime(callbacks.ValidationOr(options.RemoteCertificateValidationCallback)),
            CertificateRevocationCheckMode = options.CertificateRevocationCheckMode,
            CertificateChainPolicy = options.CertificateChainPolicy,
            AllowTlsResume = options.AllowTlsResume && !ResumptionSwitch.IsOff,
            IgnoreWarningAlerts = true, // as OpenSSL does under SslStream
        };
        OptionRefusal.ThrowIfUnsupported(options.EncryptionPolicy, options.AllowRsaPssPadding, options.AllowRsaPkcs1Padding);
        SelectedPolicy selected = SecurityPolicySelection.For(options.EnabledSslProtocols, options.CipherSuitesPolicy);
        _options.SecurityPolicy = selected.Policy;
        _explainPolicy = selected.Explain;
        _options.Offer(options.ApplicationProtocols);
    }

    /// <summary>Makes the plan, with the context that connections with equal options share.</summary>
    /// <param name="stream">The sender to pass to callbacks.</param>
    /// <param name="port">The server's port; 0 if unknown.</param>
    internal HandshakePlan Plan(object stream, int port)
    {
        CertificateTranslation? certificate = SelectCertificate(stream);
        ContextSettings settings = ContextSettings.Of(_options);
        CertificateValidation? validation = CertificateValidation.For(settings.Verification!);
        if (validation is not null)
        {
            settings = settings with { Verification = VerificationSettings.PerConnection };
        }

        bool mayFollow = certificate is null && IsSelectedByCallback;
        return new HandshakePlan(Context(settings, certificate, mayFollow))
        {
            Host = _host,
            TargetPort = port,
            ExplainPolicy = _explainPolicy,
            Validation = validation,
            ChecksRevocation = settings.ChecksRevocation,
            SelectCertificate = mayFollow ? request => ContextFor(settings, request, stream) : null,
        };
    }

    /// <summary>The host as given.</summary>
    internal string TargetHost => _host.TargetHost;

    /// <summary>Whether sessions are kept between connections.</summary>
    internal bool KeepsSessions => _options.AllowTlsResume;

    private bool IsSelectedByCallback => _certificateContext is null && _selection is not null;

    private static S2nContext Context(ContextSettings settings, CertificateTranslation? certificate, bool mayFollow)
    {
        settings = settings with { SelectsCertificateLater = mayFollow };
        return (certificate?.Contexts ?? s_contextsWithoutCertificate).GetOrCreate(
            settings, () => S2nContext.Create(settings, certificate is null ? [] : [certificate.Certificate]));
    }

    /// <summary>
    /// Asks the callback again, now that there is more to tell it. It may use the server's certificate only during the call, as with SslStream.
    /// </summary>
    private S2nContext? ContextFor(ContextSettings settings, ClientCertificateRequest request, object stream)
    {
        using X509Certificate2 server = request.ServerCertificate;
        return Ask(stream, server, request.Issuers) is { } certificate ? Context(settings, certificate, mayFollow: false) : null;
    }

    /// <summary>
    /// The certificate that is known before the server asks: the context's; the callback's answer; or the first that has a private key.
    /// </summary>
    private CertificateTranslation? SelectCertificate(object stream) =>
        _certificateContext is not null ? CertificateTranslation.Of(_certificateContext)
        : IsSelectedByCallback ? Ask(stream, null, [])
        : _certificates?.Cast<X509Certificate>().Select(CertificateTranslation.Of).FirstOrDefault(translation => translation is not null);

    /// <returns>Null if the callback returns no certificate, or one without a private key.</returns>
    private CertificateTranslation? Ask(object stream, X509Certificate2? server, string[] issuers) =>
        _selection!(stream, _host.TargetHost, _certificates ?? [], server, issuers) is { } selected ? CertificateTranslation.Of(selected) : null;
}
