using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Verification;

namespace S2nTls.Certificates.Roots;

/// <summary>The roots that options name. Lists of the same certificates are equal, whatever the objects.</summary>
internal sealed class RootList : IEquatable<RootList>
{
    /// <summary>The certificates keep these, so this copies references only.</summary>
    private readonly ReadOnlyMemory<byte>[] _encoded;

    internal RootList(X509Certificate2Collection certificates)
    {
        Certificates = certificates;
        _encoded = [.. certificates.Select(certificate => certificate.RawDataMemory)];
    }

    /// <summary>The application's, which it may dispose when the context has been made.</summary>
    internal X509Certificate2Collection Certificates { get; }

    public bool Equals(RootList? other) =>
        other is not null && _encoded.Length == other._encoded.Length &&
        _encoded.Zip(other._encoded).All(pair => pair.First.Span.SequenceEqual(pair.Second.Span));

    public override bool Equals(object? obj) => Equals(obj as RootList);

    public override int GetHashCode() => _encoded.Length;

    /// <summary>.NET trusts self-issued roots only, while s2n takes any certificate for an anchor: what both take is allowed.</summary>
    /// <param name="roots">Null: the system's.</param>
    /// <param name="parameter">By which the caller knows them.</param>
    /// <exception cref="ArgumentException">It is empty, or one of them is no root.</exception>
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
