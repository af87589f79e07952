using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Translation;

/// <summary>SslStream's options of a client, for one handshake, in s2n's terms. Options are read when it is made, as SslStream does.</summary>
internal sealed class ClientTranslation
{
    private static readonly ContextCache s_contextsWithoutCertificate = new();

    private readonly S2nClientOptions _options;
    private readonly string _targetHost;
    private readonly LocalCertificateSelectionCallback? _selection;
    private readonly X509CertificateCollection? _certificates;
    private readonly SslStreamCertificateContext? _certificateContext;

    /// <exception cref="NotSupportedException">s2n cannot do what an option asks for.</exception>
    /// <exception cref="InvalidOperationException">The options contradict the constructor.</exception>
    internal ClientTranslation(SslClientAuthenticationOptions options, StreamCallbacks callbacks)
    {
        _selection = callbacks.SelectionOr(options.LocalCertificateSelectionCallback);
        _certificates = options.ClientCertificates;
        _certificateContext = options.ClientCertificateContext;
        _targetHost = options.TargetHost ?? string.Empty;
        _options = new S2nClientOptions
        {
            RemoteCertificateValidationCallback = callbacks.ValidationOr(options.RemoteCertificateValidationCallback),
            CertificateRevocationCheckMode = options.CertificateRevocationCheckMode,
            CertificateChainPolicy = options.CertificateChainPolicy,
            AllowTlsResume = options.AllowTlsResume,
        };
        OptionRefusal.ThrowIfUnsupported(options.EncryptionPolicy, options.AllowRsaPssPadding, options.AllowRsaPkcs1Padding);
        _options.SecurityPolicy = SecurityPolicySelection.For(options.EnabledSslProtocols, options.CipherSuitesPolicy);
        _options.Offer(options.ApplicationProtocols);
    }

    /// <summary>Makes the plan, with the context that connections with equal options share.</summary>
    internal HandshakePlan Plan(S2nStream stream)
    {
        CertificateTranslation? certificate = SelectCertificate(stream);
        CertificateValidation? validation = CertificateValidation.For(_options, isServer: false);
        _options.IsJudgedPerConnection = validation is not null;
        S2nContext context = (certificate?.Contexts ?? s_contextsWithoutCertificate).GetOrCreate(new ContextKey(_options), () =>
        {
            _options.Certificate = certificate?.Certificate;
            return S2nContext.CreateClient(_options);
        });
        return new HandshakePlan(context) { TargetHost = _targetHost, Validation = validation };
    }

    /// <summary>A callback's answer stands; otherwise it is the first certificate that has a private key.</summary>
    private CertificateTranslation? SelectCertificate(S2nStream stream)
    {
        if (_selection is not null)
        {
            return _selection(stream, _targetHost, _certificates ?? [], null, []) is { } selected ? CertificateTranslation.Of(selected) : null;
        }

        if (_certificateContext is not null)
        {
            return CertificateTranslation.Of(_certificateContext);
        }

        return _certificates?.Cast<X509Certificate>().Select(CertificateTranslation.Of).FirstOrDefault(translation => translation is not null);
    }
}
