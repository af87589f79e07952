using S2nTls.Certificates.Names;

namespace S2nTls.Reliability.Chains.Making;

/// <summary>An extension as it stands in a certificate.</summary>
internal sealed record Extension(string Type, bool IsCritical, byte[] Value)
{
    internal const string SubjectKeyIdentifier = "2.5.29.14";
    internal const string KeyUsage = "2.5.29.15";
    internal const string SubjectAlternativeName = "2.5.29.17";
    internal const string IssuerAlternativeName = "2.5.29.18";
    internal const string BasicConstraints = "2.5.29.19";
    internal const string NameConstraints = "2.5.29.30";
    internal const string DistributionPoints = "2.5.29.31";
    internal const string CertificatePolicies = "2.5.29.32";
    internal const string PolicyMappings = "2.5.29.33";
    internal const string AuthorityKeyIdentifier = "2.5.29.35";
    internal const string PolicyConstraints = "2.5.29.36";
    internal const string ExtendedKeyUsage = "2.5.29.37";
    internal const string InhibitAnyPolicy = "2.5.29.54";
    internal const string AuthorityInformationAccess = "1.3.6.1.5.5.7.1.1";

    /// <summary>RFC 7633.</summary>
    internal const string TlsFeature = "1.3.6.1.5.5.7.1.24";

    /// <summary>RFC 3779 §2.</summary>
    internal const string AddressBlocks = "1.3.6.1.5.5.7.1.7";
    internal const string NetscapeType = "2.16.840.1.113730.1.1";

    /// <summary>Microsoft's.</summary>
    internal const string ApplicationPolicies = "1.3.6.1.4.1.311.21.10";

    /// <summary>Nobody knows it.</summary>
    internal const string Unknown = "1.3.6.1.4.1.99999.7";
}
