using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Interop;

namespace S2nTls;

/// <summary>How peers are verified: read from the options once, and set on any number of configs.</summary>
internal sealed class PeerVerification
{
    private readonly bool _isServer;

    /// <summary>DER, copied by nobody and changed by nobody; null stands for the system's.</summary>
    private readonly ReadOnlyMemory<byte>[]? _roots;

    /// <exception cref="ArgumentException">The roots are none, or the options contradict each other.</exception>
    internal PeerVerification(S2nContextOptions options)
    {
        CheckRoots(options.TrustedRoots);
        _isServer = options is S2nServerOptions;
        Validation = options.IsJudgedPerConnection ? null : CertificateValidation.For(options, _isServer);
        IsJudged = options.IsJudgedPerConnection || Validation is not null;
        _roots = IsJudged ? null : CertificateValidation.Roots(options)?.Select(root => root.RawDataMemory).ToArray();
    }

    /// <summary>.NET's judgement; null where s2n's own verification decides, or where each connection brings its own.</summary>
    internal CertificateValidation? Validation { get; }

    /// <summary>Whether .NET judges in s2n's place.</summary>
    internal bool IsJudged { get; }

    /// <summary>Sets up s2n's own verification, or .NET's in its place.</summary>
    internal void Apply(ConfigHandle config)
    {
        if (IsJudged)
        {
            ConfigBuilder.LeaveVerification(config, _isServer);
        }
        else if (_roots is null)
        {
            SystemRoots.AddTo(config);
        }
        else
        {
            Array.ForEach(_roots, root => ConfigBuilder.AddRoot(config, PemEncoding.WriteString("CERTIFICATE", root.Span)));
        }
    }

    /// <summary>.NET trusts self-signed roots only, while s2n takes any certificate for an anchor: what both take is allowed.</summary>
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
    }
}
