using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls;

/// <summary>
/// Says in a few words what a client's context verifies about servers, and which certificate it shows: a session
/// made under other terms must not be resumed under these, since nothing is verified then.
/// </summary>
internal static class SessionOrigins
{
    /// <summary>What is verified.</summary>
    internal static string Of(S2nClientOptions options, bool isJudged) =>
        // What .NET judges it judges anew at every resumption, by the certificates that are kept with the session.
        isJudged ? "judged"
        : CertificateValidation.Roots(options) is { } roots ? $"roots {Digest(roots)}"
        : "system";

    /// <summary>Adds what is shown.</summary>
    /// <param name="verification">What is verified.</param>
    /// <param name="own">The client's certificate, DER; null for none.</param>
    internal static string With(string verification, byte[]? own) =>
        own is null ? verification : $"{verification}, shows {Convert.ToHexString(SHA256.HashData(own))}";

    private static string Digest(X509Certificate2Collection roots)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] digest in roots.Select(root => SHA256.HashData(root.RawDataMemory.Span)).OrderBy(Convert.ToHexString, StringComparer.Ordinal))
        {
            hash.AppendData(digest);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
