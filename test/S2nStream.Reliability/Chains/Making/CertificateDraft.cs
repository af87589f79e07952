using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;

namespace S2nTls.Reliability.Chains.Making;

/// <summary>A certificate that is being made: good as it begins, and anything may be changed. It is written when it is first encoded.</summary>
internal sealed class CertificateDraft
{
    internal const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    internal const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    internal const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    internal const string AnyUsage = "2.5.29.37.0";

    private byte[]? _encoded;

    internal CertificateDraft(string role, DirectoryName subject, ChainKey key, CertificateDraft? issuer)
    {
        Role = role;
        Subject = subject;
        Key = key;
        Issuer = issuer;
    }

    /// <summary>What it is in its chain, for people.</summary>
    internal string Role { get; }

    internal DirectoryName Subject { get; set; }

    internal ChainKey Key { get; set; }

    /// <summary>Whose name and key stand for the issuer; null: its own.</summary>
    internal CertificateDraft? Issuer { get; set; }

    /// <summary>The issuer's name, where it is to be another one than the issuer has.</summary>
    internal DirectoryName? IssuerNameInstead { get; set; }

    /// <summary>The key that signs, where it is not to be the issuer's.</summary>
    internal ChainKey? SigningKeyInstead { get; set; }

    /// <summary>Null: what is usual for the key.</summary>
    internal SignatureKind? Signature { get; set; }

    /// <summary>What stands beside the signature, where it is not to be what stands in the signed part.</summary>
    internal SignatureKind? StatedSignature { get; set; }

    internal bool HasSpoiltSignature { get; set; }

    /// <summary>1, 2 or 3.</summary>
    internal int Version { get; set; } = 3;

    internal bool KeepsExtensionsInVersion1 { get; set; }

    /// <summary>The serial number's content bytes.</summary>
    internal byte[] Serial { get; set; } = [0x10, .. RandomNumberGenerator.GetBytes(15)];

    internal DateTimeOffset NotBefore { get; set; } = DateTimeOffset.UtcNow.AddDays(-30);

    internal DateTimeOffset NotAfter { get; set; } = DateTimeOffset.UtcNow.AddDays(300);

    internal bool WritesGeneralizedTime { get; set; }

    internal BasicConstraints? Basic { get; set; }

    internal X509KeyUsageFlags? KeyUsage { get; set; }

    internal bool HasCriticalKeyUsage { get; set; } = true;

    internal string[]? ExtendedKeyUsage { get; set; }

    internal bool HasCriticalExtendedKeyUsage { get; set; }

    internal GeneralName[]? Names { get; set; }

    internal bool HasCriticalNames { get; set; }

    internal NameConstraints? Constraints { get; set; }

    internal Identifier SubjectKeyIdentifier { get; set; }

    internal Identifier AuthorityKeyIdentifier { get; set; }

    /// <summary>Extensions beside those that have a property.</summary>
    internal List<Extension> Others { get; } = [];

    /// <summary>Extensions whose value is another one than their property says.</summary>
    internal Dictionary<string, byte[]> Values { get; } = [];

    internal DirectoryName IssuerName => IssuerNameInstead ?? (Issuer ?? this).Subject;

    internal ChainKey SigningKey => SigningKeyInstead ?? (Issuer ?? this).Key;

    internal SignatureKind SignedWith => Signature ?? SignatureAlgorithms.Of(SigningKey.Kind)[0];

    internal bool IsAuthority => Basic is { IsAuthority: true };

    /// <summary>The same names, byte for byte.</summary>
    internal bool IsSelfIssued => Subject.Encode().AsSpan().SequenceEqual(IssuerName.Encode());

    internal bool IsSelfSigned => IsSelfIssued && SigningKey == Key && !HasSpoiltSignature;

    internal byte[] Encoded => _encoded ??= CertificateEncoder.Encode(this);

    internal CertificateDraft Copy(string role)
    {
        var copy = new CertificateDraft(role, Subject, Key, Issuer)
        {
            IssuerNameInstead = IssuerNameInstead,
            SigningKeyInstead = SigningKeyInstead,
            Signature = Signature,
            StatedSignature = StatedSignature,
            HasSpoiltSignature = HasSpoiltSignature,
            Version = Version,
            NotBefore = NotBefore,
            NotAfter = NotAfter,
            Basic = Basic,
            KeyUsage = KeyUsage,
            HasCriticalKeyUsage = HasCriticalKeyUsage,
            ExtendedKeyUsage = ExtendedKeyUsage,
            HasCriticalExtendedKeyUsage = HasCriticalExtendedKeyUsage,
            Names = Names,
            HasCriticalNames = HasCriticalNames,
            Constraints = Constraints,
            SubjectKeyIdentifier = SubjectKeyIdentifier,
            AuthorityKeyIdentifier = AuthorityKeyIdentifier,
        };
        copy.Others.AddRange(Others);
        return copy;
    }

    /// <summary>What is in it, in a line, for people.</summary>
    public override string ToString() =>
        $"{Role}: '{Subject}' by '{IssuerName}'{(SigningKeyInstead is null ? "" : " (another key)")}, v{Version}, {Key.Kind}, {SignedWith}{(HasSpoiltSignature ? " (spoilt)" : "")}" +
        $"{(StatedSignature is { } stated ? $" (stated {stated})" : "")}, {NotBefore:yyyy-MM-dd}..{NotAfter:yyyy-MM-dd}" +
        $"{(Basic is null ? ", no BC" : $", CA:{Basic.IsAuthority}{(Basic.PathLength is { } length ? $" pathlen {length}" : "")}{(Basic.IsCritical ? "" : " not critical")}")}" +
        $"{(KeyUsage is null ? "" : $", KU {KeyUsage}{(HasCriticalKeyUsage ? "" : " not critical")}")}{(ExtendedKeyUsage is null ? "" : $", EKU [{string.Join(' ', ExtendedKeyUsage)}]{(HasCriticalExtendedKeyUsage ? " critical" : "")}")}" +
        $"{(Names is null ? "" : $", names [{string.Join<GeneralName>(", ", Names)}]{(HasCriticalNames ? " critical" : "")}")}{(Constraints is null ? "" : $", {Constraints}")}" +
        $"{(SubjectKeyIdentifier == Identifier.Right ? "" : $", SKI {SubjectKeyIdentifier}")}{(AuthorityKeyIdentifier == Identifier.Right ? "" : $", AKI {AuthorityKeyIdentifier}")}" +
        string.Concat(Others.Select(other => $", {other.Type}{(other.IsCritical ? " critical" : "")}={Convert.ToHexString(other.Value.AsSpan(0, Math.Min(other.Value.Length, 40)))}")) +
        string.Concat(Values.Select(value => $", {value.Key}:={Convert.ToHexString(value.Value.AsSpan(0, Math.Min(value.Value.Length, 40)))}"));
}
