using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Verification;

namespace S2nTls.Certificates.Roots;

/// <summary>
/// Certificates among those that are trusted which can stand in no chain: they are no roots and lead to none, or may not sign certificates. Whoever
/// looks for an issuer by its name, as OpenSSL and .NET do, may find such a one in the place of the right one, and then refuses: what would depend on the
/// order is refused here always. Immutable and thread-safe.
/// </summary>
internal sealed class MisleadingCertificates
{
    private static readonly MisleadingCertificates s_none = new(FrozenDictionary<string, byte[][]>.Empty);

    /// <summary>By their subjects, in hexadecimal.</summary>
    private readonly FrozenDictionary<string, byte[][]> _bySubject;

    private MisleadingCertificates(FrozenDictionary<string, byte[][]> bySubject) => _bySubject = bySubject;

    private bool IsEmpty => _bySubject.Count == 0;

    /// <param name="trusted">All that are trusted, and what is known beside them.</param>
    internal static MisleadingCertificates Among(IEnumerable<X509Certificate2> trusted)
    {
        var leading = new List<X509Certificate2>();
        var left = new List<X509Certificate2>();
        foreach (X509Certificate2 certificate in trusted)
        {
            (MayIssue(certificate) && SelfSignature.IsOn(certificate) ? leading : left).Add(certificate);
        }

        while (left.Find(certificate => MayIssue(certificate) && leading.Exists(issuer => SelfSignature.IsIssuedBy(certificate, issuer))) is { } next)
        {
            left.Remove(next);
            leading.Add(next);
        }

        return left.Count == 0
            ? s_none
            : new(left.GroupBy(NameOf, StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, group => group.Select(certificate => certificate.RawData).ToArray(), StringComparer.Ordinal));
    }

    /// <summary>Whether one of them has the name of another certificate.</summary>
    /// <param name="subject">The other's, a Name with tag and length.</param>
    /// <param name="certificate">The other.</param>
    internal bool HasNamesakeOf(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> certificate)
    {
        if (IsEmpty || !_bySubject.TryGetValue(Convert.ToHexString(subject), out byte[][]? namesakes))
        {
            return false;
        }

        foreach (byte[] namesake in namesakes)
        {
            if (certificate.SequenceEqual(namesake))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Lets them count in a digest, in whatever order they came.</summary>
    internal void AppendTo(IncrementalHash hash)
    {
        foreach (string digest in _bySubject.Values.SelectMany(namesakes => namesakes).Select(certificate => Convert.ToHexString(SHA256.HashData(certificate))).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Convert.FromHexString(digest));
        }
    }

    private static string NameOf(X509Certificate2 certificate) => Convert.ToHexString(certificate.SubjectName.RawData);

    private static bool MayIssue(X509Certificate2 certificate) =>
        CertificateFields.TryRead(certificate.RawDataMemory.Span, out CertificateFields fields) && fields.KeyUsage?.HasFlag(X509KeyUsageFlags.KeyCertSign) != false;
}
