using System.Net.Security;

namespace S2nTls.Benchmarks.Streams;

/// <summary>What all contenders are set up for: TLS 1.3, a server's certificate that the client verifies up to a root of its own, and what is said here.</summary>
/// <param name="Credentials">The certificate and the root.</param>
internal sealed record TlsSetup(Credentials Credentials)
{
    internal const TlsCipherSuite CipherSuite = TlsCipherSuite.TLS_AES_128_GCM_SHA256;

    /// <summary>What SslStream and its peers agree on: where sessions are resumed it cannot be told the suite, and takes OpenSSL's first choice.</summary>
    internal static TlsCipherSuite SuiteOf(bool resumes) => resumes ? TlsCipherSuite.TLS_AES_256_GCM_SHA384 : CipherSuite;

    /// <exception cref="InvalidOperationException">The server has chosen another suite.</exception>
    internal static void CheckSuite(S2nStream client, bool resumesOverSslStream)
    {
        TlsCipherSuite expected = SuiteOf(resumesOverSslStream);
        if (client.NegotiatedCipherSuite != expected)
        {
            throw new InvalidOperationException($"The server has chosen {client.NegotiatedCipherSuite}, not {expected}: what was measured is something else.");
        }
    }

    /// <summary>
    /// SslStream cannot be told a key-exchange group: it uses what OpenSSL prefers, X25519 up to version 3.4.
    /// This policy of s2n's is <c>default_tls13</c>'s equal, except that it prefers X25519 too, over P-256.
    /// </summary>
    internal static S2nSecurityPolicy PreferX25519 { get; } = new("20240603");

    /// <summary>Whether servers give session tickets, and clients come back with them.</summary>
    public bool Resumes { get; init; }

    /// <summary>s2n's policy; only s2n's contenders know policies.</summary>
    public S2nSecurityPolicy Policy { get; init; } = PreferX25519;
}
