using S2nTls.Certificates.Roots;

namespace S2nTls.Reliability.Chains.Judging;

/// <summary>The options by which s2n judges.</summary>
internal enum S2nWay
{
    TrustedRoots,

    /// <summary>A chain policy that says which roots are trusted, and nothing else.</summary>
    PolicyOfTrust,

    /// <summary>SSL_CERT_FILE.</summary>
    SystemRoots,
}
