using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Interop;

namespace S2nTls.Certificates;

/// <summary>The roots that s2n verifies peers against, in the form in which it takes them. Immutable and thread-safe.</summary>
internal sealed class TrustAnchors
{
    private readonly string[] _pem;

    /// <summary>The names of roots beside which there is a false one.</summary>
    private readonly FrozenSet<string> _disputed;

    /// <param name="roots">
    /// Those that are no roots are left out, and so is each whose name a false one has, too (<see cref="SelfSignature"/>): which of them is meant
    /// would depend on who looks. None of them is kept.
    /// </param>
    internal TrustAnchors(X509Certificate2Collection roots)
    {
        _disputed = DisputedNames(roots);
        X509Certificate2[] own =
        [
            .. roots.Where(root => SelfSignature.IsOn(root) && !IsDisputed(root)).DistinctBy(root => Convert.ToHexString(SHA256.HashData(root.RawDataMemory.Span))),
        ];
        _pem = Array.ConvertAll(own, root => root.ExportCertificatePem());
        Digest = DigestOf(own);
    }

    /// <summary>Tells these roots from others: whatever their order.</summary>
    internal string Digest { get; }

    /// <summary>Whether there is a false root of a root's name.</summary>
    internal bool IsDisputed(X509Certificate2 root) => IsDisputed(root, _disputed);

    /// <inheritdoc cref="IsDisputed(X509Certificate2)"/>
    internal static bool IsDisputed(X509Certificate2 root, X509Certificate2Collection roots) => IsDisputed(root, DisputedNames(roots));

    /// <summary>Has the config trust them; where there are none it trusts nobody.</summary>
    /// <param name="config">The config.</param>
    /// <param name="allOfThem">Whether one that AWS-LC cannot read is an error, and not merely left out.</param>
    internal void AddTo(ConfigHandle config, bool allOfThem)
    {
        config.Anchors = Digest;
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

    private static bool IsDisputed(X509Certificate2 root, FrozenSet<string> disputed) => disputed.Count > 0 && disputed.Contains(NameOf(root));

    private static FrozenSet<string> DisputedNames(X509Certificate2Collection roots) =>
        roots.Where(root => SelfSignature.IsFalseBeside(root, roots)).Select(NameOf).ToFrozenSet(StringComparer.Ordinal);

    private static string NameOf(X509Certificate2 root) => Convert.ToHexString(root.SubjectName.RawData);

    private static string DigestOf(X509Certificate2[] roots)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] digest in roots.Select(root => SHA256.HashData(root.RawDataMemory.Span)).OrderBy(Convert.ToHexString, StringComparer.Ordinal))
        {
            hash.AppendData(digest);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
