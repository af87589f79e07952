using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Verification;

namespace S2nTls.Certificates.Roots;

/// <summary>The roots named in the options. Lists of the same certificates are equal, even if the objects differ.</summary>
internal sealed class RootList : IEquatable<RootList>
{
    /// <summary>The certificates hold these, so only references are copied.</summary>
    private readonly ReadOnlyMemory<byte>[] _encoded;

    internal RootList(X509Certificate2Collection certificates)
    {
        Certificates = certificates;
        _encoded = [.. certificates.Select(certificate => certificate.RawDataMemory)];
    }

    /// <summary>The application's certificates, which it may dispose once the context has been made.</summary>
    internal X509Certificate2Collection Certificates { get; }

    public bool Equals(RootList? other) =>
        other is not null && _encoded.Length == other._encoded.Length &&
        _encoded.Zip(other._encoded).All(pair => pair.First.Span.SequenceEqual(pair.Second.Span));

    public override bool Equals(object? obj) => Equals(obj as RootList);

    public override int GetHashCode() => _encoded.Length;

    /// <summary>.NET trusts only self-issued roots, while s2n accepts any certificate as an anchor: what both accept is allowed.</summary>
    /// <param name="roots">Null: the system's.</param>
    /// <param name="parameter">The caller's name for them.</param>
    /// <exception cref="ArgumentException">The collection is empty, or one of them is not a root.</exception>
    internal static void Check(X509Certificate2Collection? roots, string parameter)
    {
        if (roots?.Count == 0)
        {
            throw new ArgumentException("The collection of trusted roots is empty: nothing could be verified.", parameter);
        }

        if (roots?.FirstOrDefault(root => !CertificateValidation.IsSelfIssued(root)) is { } intermediate)
        {
            throw new ArgumentException($"'{intermediate.Subject}' is not a root: it was issued by '{intermediate.Issuer}'.", parameter);
        }

        if (roots?.FirstOrDefault(root => !SelfSignature.IsOn(root)) is { } foreign)
        {
            throw new ArgumentException(
                CertificateFields.TryRead(foreign.RawDataMemory.Span, out _)
                    ? $"'{foreign.Subject}' is not a root: it was not signed with its own key."
                    : $"'{foreign.Subject}' cannot be decoded, or has a duplicate extension.", parameter);
        }
    }
}
