using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Interop;

namespace S2nTls.Certificates;

/// <summary>The roots that s2n verifies peers against, in the form in which it takes them. Immutable and thread-safe.</summary>
internal sealed class TrustAnchors
{
    private readonly string[] _pem;

    /// <param name="roots">
    /// Those that are no roots are left out (<see cref="SelfSignature"/>), and so is each whose name <see cref="MisleadingNames"/> has. None of them is kept.
    /// </param>
    internal TrustAnchors(X509Certificate2Collection roots)
    {
        MisleadingNames = FindMisleading(roots);
        X509Certificate2[] own =
        [
            .. roots.Where(root => SelfSignature.IsOn(root) && !IsMisleading(root)).DistinctBy(root => Convert.ToHexString(SHA256.HashData(root.RawDataMemory.Span))),
        ];
        _pem = Array.ConvertAll(own, root => root.ExportCertificatePem());
        Digest = DigestOf(own, MisleadingNames);
    }

    /// <summary>Tells these roots from others: whatever their order, and with all that decides beside them.</summary>
    internal string Digest { get; }

    /// <summary>
    /// The subjects, in hexadecimal, of certificates among the roots that are none, and lead to none of them either. Whoever looks for an issuer by its name, as
    /// OpenSSL and .NET do, may find such a one in the place of the right one, and then refuses: so what depends on the order is refused here always.
    /// </summary>
    internal FrozenSet<string> MisleadingNames { get; }

    /// <inheritdoc cref="MisleadingNames"/>
    internal static FrozenSet<string> FindMisleading(X509Certificate2Collection roots)
    {
        List<X509Certificate2> left = [.. roots.Where(certificate => !SelfSignature.IsOn(certificate))];
        if (left.Count == 0)
        {
            return [];
        }

        List<X509Certificate2> leading = [.. roots.Where(SelfSignature.IsOn)];
        while (left.Find(certificate => leading.Exists(issuer => SelfSignature.IsIssuedBy(certificate, issuer))) is { } next)
        {
            left.Remove(next);
            leading.Add(next);
        }

        return left.Select(NameOf).ToFrozenSet(StringComparer.Ordinal);
    }

    internal bool IsMisleading(X509Certificate2 certificate) => IsIn(MisleadingNames, certificate);

    internal static bool IsIn(FrozenSet<string> names, X509Certificate2 certificate) => names.Count > 0 && names.Contains(NameOf(certificate));

    /// <summary>Has the config trust them; where there are none it trusts nobody.</summary>
    /// <param name="config">The config.</param>
    /// <param name="allOfThem">Whether one that AWS-LC cannot read is an error, and not merely left out.</param>
    internal void AddTo(ConfigHandle config, bool allOfThem)
    {
        config.Anchors = Digest;
        config.MisleadingNames = MisleadingNames.Count > 0 ? MisleadingNames : null;
        foreach (string root in _pem)
        {
            try
            {
                ConfigBuilder.AddRoot(config, root);
            }
            catch (S2nException) when (!allOfThem)
            {
                // The system's roots were not chosen by the application: one that is of no use here does not stop the others.
            }
        }
    }

    private static string NameOf(X509Certificate2 root) => Convert.ToHexString(root.SubjectName.RawData);

    private static string DigestOf(X509Certificate2[] roots, FrozenSet<string> misleading)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] digest in roots.Select(root => SHA256.HashData(root.RawDataMemory.Span)).OrderBy(Convert.ToHexString, StringComparer.Ordinal))
        {
            hash.AppendData(digest);
        }

        foreach (string name in misleading.Order(StringComparer.Ordinal))
        {
            hash.AppendData(Convert.FromHexString(name));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
