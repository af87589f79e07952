using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using S2nTls.Interop;

namespace S2nTls.Certificates.Roots;

/// <summary>The roots that s2n verifies peers against, in the form that s2n accepts. Immutable and thread-safe.</summary>
internal sealed class TrustAnchors
{
    private readonly string[] _pem;

    /// <param name="roots">Those that are not roots are left out (<see cref="SelfSignature"/>). No references to them are kept.</param>
    internal TrustAnchors(X509Certificate2Collection roots)
    {
        Misleading = MisleadingCertificates.Among(roots);
        X509Certificate2[] own = [.. roots.Where(SelfSignature.IsOn).DistinctBy(root => Convert.ToHexString(SHA256.HashData(root.RawDataMemory.Span)))];
        _pem = Array.ConvertAll(own, root => root.ExportCertificatePem());
        Digest = DigestOf(own, Misleading);
    }

    /// <summary>Identifies these roots, regardless of their order, and everything else that affects decisions.</summary>
    internal string Digest { get; }

    /// <summary>Those that cannot be part of any chain.</summary>
    internal MisleadingCertificates Misleading { get; }

    /// <summary>Makes the config trust them; if there are none, it trusts no one.</summary>
    /// <param name="config">The config.</param>
    /// <param name="allOfThem">Whether one that AWS-LC cannot read is an error, instead of being skipped.</param>
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
                // The application did not choose the system's roots: one that cannot be used here does not stop the others.
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
