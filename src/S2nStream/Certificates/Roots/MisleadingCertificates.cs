using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Verification;

namespace S2nTls.Certificates.Roots;

/// <summary>
/// Trusted certificates that cannot be part of any chain: they are not roots and lead to none, or may not sign certificates. Software that looks
/// for an issuer by name, as OpenSSL and .NET do, may find such a certificate instead of the right one, and then refuse: instead of depending on
/// the order, this always refuses. Immutable and thread-safe.
/// </summary>
internal sealed class MisleadingCertificates
{
    private static readonly MisleadingCertificates s_none = new(FrozenDictionary<string, byte[][]>.Empty);

    /// <summary>By their subjects, in hexadecimal.</summary>
    private readonly FrozenDictionary<string, byte[][]> _bySubject;

    private MisleadingCertificates(FrozenDictionary<string, byte[][]> bySubject) => _bySubject = bySubject;

    private bool IsEmpty => _bySubject.Count == 0;

    /// <param name="trusted">All trusted certificates, and other known ones.</param>
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

    /// <summary>Whether one of them has the same name as another certificate.</summary>
    /// <param name="subject">The other certificate's subject, a Name with tag and length.</param>
    /// <param name="certificate">The other certificate.</param>
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

    /// <summary>Adds them to a digest, regardless of their order.</summary>
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
