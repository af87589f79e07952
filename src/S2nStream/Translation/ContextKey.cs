using System.Net.Security;
using S2nTls.Certificates.Roots;
using S2nTls.Certificates.Verification;

namespace S2nTls.Translation;

/// <summary>All that a context is made of beside its certificate. Contexts with equal keys do the same.</summary>
internal sealed class ContextKey : IEquatable<ContextKey>
{
    private readonly bool _isServer;
    private readonly S2nSecurityPolicy _policy;
    private readonly SslApplicationProtocol[] _applicationProtocols;
    private readonly S2nClientCertificateMode _clientCertificateMode;
    private readonly bool _isJudgedPerConnection;
    private readonly bool _allowTlsResume;
    private readonly bool _selectsCertificateLater;

    /// <summary>The roots' encodings; null stands for the system's.</summary>
    private readonly ReadOnlyMemory<byte>[]? _roots;

    /// <summary>Contexts with the system's roots are made anew when these change.</summary>
    private readonly SystemRoots.Version? _systemRoots;

    internal ContextKey(S2nContextOptions options)
    {
        _isServer = options is S2nServerOptions;
        _policy = options.SecurityPolicy;
        _applicationProtocols = [.. options.ApplicationProtocols];
        _clientCertificateMode = (options as S2nServerOptions)?.ClientCertificateMode ?? default;
        _isJudgedPerConnection = options.IsJudgedPerConnection;
        _allowTlsResume = options.AllowTlsResume;
        _selectsCertificateLater = (options as S2nClientOptions)?.SelectsCertificateLater ?? false;
        if (_isJudgedPerConnection || _isServer && _clientCertificateMode == S2nClientCertificateMode.None)
        {
            return; // the context has no roots
        }

        // The encodings are kept by the certificates, so this copies references only.
        _roots = CertificateValidation.Roots(options)?.Select(root => root.RawDataMemory).ToArray();
        _systemRoots = _roots is null ? SystemRoots.CurrentVersion() : null;
    }

    public bool Equals(ContextKey? other) =>
        other is not null &&
        _isServer == other._isServer &&
        _policy.Equals(other._policy) &&
        _clientCertificateMode == other._clientCertificateMode &&
        _isJudgedPerConnection == other._isJudgedPerConnection &&
        _allowTlsResume == other._allowTlsResume &&
        _selectsCertificateLater == other._selectsCertificateLater &&
        _systemRoots == other._systemRoots &&
        _applicationProtocols.AsSpan().SequenceEqual(other._applicationProtocols) &&
        HasSameRoots(other);

    public override bool Equals(object? obj) => Equals(obj as ContextKey);

    public override int GetHashCode() =>
        HashCode.Combine(
            _isServer, _policy, _clientCertificateMode, _systemRoots, _applicationProtocols.Length, _roots?.Length,
            HashCode.Combine(_isJudgedPerConnection, _allowTlsResume, _selectsCertificateLater));

    private bool HasSameRoots(ContextKey other)
    {
        if (_roots is null || other._roots is null)
        {
            return _roots is null && other._roots is null;
        }

        return _roots.Length == other._roots.Length &&
            _roots.Zip(other._roots).All(pair => pair.First.Span.SequenceEqual(pair.Second.Span));
    }
}
