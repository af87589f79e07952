using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using S2nTls.Interop;

namespace S2nTls.Certificates.Roots;

/// <summary>The roots that s2n verifies peers against, in the form in which it takes them. Immutable and thread-safe.</summary>
internal sealed class TrustAnchors
{
    private readonly string[] _pem;

    /// <param name="roots">Those that are no roots are left out (<see cref="SelfSignature"/>). None of them is kept.</param>
    internal TrustAnchors(X509Certificate2Collection roots)
    {
        Misleading = MisleadingCertificates.Among(roots);
        X509Certificate2[] own = [.. roots.Where(SelfSignature.IsOn).DistinctBy(root => Convert.ToHexString(SHA256.HashData(root.RawDataMemory.Span)))];
        _pem = Array.ConvertAll(own, root => root.ExportCertificatePem());
        Digest = DigestOf(own, Misleading);
    }

    /// <summary>Tells these roots from others: whatever their order, and with all that decides beside them.</summary>
    internal string Digest { get; }

    /// <summary>Those among the roots that can stand in no chain.</summary>
    internal MisleadingCertificates Misleading { get; }

    /// <summary>Has the config trust them; where there are none it trusts nobody.</summary>
    /// <param name="config">The config.</param>
    /// <param name="allOfThem">Whether one that AWS-LC cannot read is an error, and not merely left out.</param>
    internal void AddTo(ConfigHandle config, bool allOfThem)
    {
        foreach (string root in _pem)
        {
            try
            {
                S2nError.Check(S2n.s2n_config_add_pem_to_trust_store(config, Encoding.UTF8.GetBytes(root + "\0")));
            }
            catch (S2nException) when (!allOfThem)
            {
                // The system's roots were not chosen by the application: one that is of no use here does not stop the others.
            }
        }
    }

    private static string DigestOf(X509Certificate2[] roots, MisleadingCertificates misleading)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] digest in roots.Select(root => SHA256.HashData(root.RawDataMemory.Span)).OrderBy(Convert.ToHexString, StringComparer.Ordinal))
        {
            hash.AppendData(digest);
        }

        misleading.AppendTo(hash);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
