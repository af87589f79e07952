using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;

namespace S2nTls.Certificates.Verification;

/// <summary>The fields of a certificate that a verdict depends on (RFC 5280 §4), read in place.</summary>
internal ref struct CertificateFields
{
    private ReadOnlySpan<byte> _basicConstraints;
    private Extensions _seen;

    [Flags]
    private enum Extensions
    {
        None = 0,
        SubjectKeyIdentifier = 1,
        KeyUsage = 2,
        AlternativeNames = 4,
        BasicConstraints = 8,
        AuthorityKeyIdentifier = 16,
        ExtendedKeyUsage = 32,
        NameConstraints = 64,
        Policies = 128,
        PolicyMappings = 256,
        PolicyConstraints = 512,
        InhibitAnyPolicy = 1024,
        ApplicationPolicies = 2048,
        NetscapeType = 4096,
    }

    /// <summary>Whether it is an X.509 version 1 certificate, which has no extensions.</summary>
    internal bool IsVersion1 { get; private set; }

    /// <summary>How it is signed (§4.1.1.2).</summary>
    internal CertificateSignatures Signature { get; private set; }

    /// <summary>The contents of SubjectPublicKeyInfo (§4.1.2.7).</summary>
    internal ReadOnlySpan<byte> PublicKey { get; private set; }

    /// <summary>Whether it has a critical extension that AWS-LC does not know, and so cannot process (§4.2).</summary>
    internal bool HasUnknownCritical { get; private set; }

    /// <summary>An INTEGER's contents.</summary>
    internal ReadOnlySpan<byte> SerialNumber { get; private set; }

    /// <summary>A Name, with tag and length.</summary>
    internal ReadOnlySpan<byte> Issuer { get; private set; }

    /// <inheritdoc cref="Issuer"/>
    internal ReadOnlySpan<byte> Subject { get; private set; }

    /// <summary>The contents of GeneralNames (§4.2.1.6).</summary>
    internal ReadOnlySpan<byte> AlternativeNames { get; private set; }

    /// <summary>The contents of ExtKeyUsageSyntax (§4.2.1.12).</summary>
    internal ReadOnlySpan<byte> ExtendedKeyUsage { get; private set; }

    /// <summary>The contents of AuthorityKeyIdentifier (§4.2.1.1).</summary>
    internal ReadOnlySpan<byte> AuthorityKeyIdentifier { get; private set; }

    /// <summary>The key identifier itself (§4.2.1.2).</summary>
    internal ReadOnlySpan<byte> SubjectKeyIdentifier { get; private set; }

    /// <summary>cA from the basic constraints (§4.2.1.9).</summary>
    internal bool IsAuthority { get; private set; }

    /// <summary>How many intermediates that are not self-issued may follow (§4.2.1.9); null if unlimited.</summary>
    internal int? PathLength { get; private set; }

    /// <summary>The key usage (§4.2.1.3); null if absent.</summary>
    internal X509KeyUsageFlags? KeyUsage { get; private set; }

    /// <summary>The contents of NameConstraints (§4.2.1.10); empty if there are none.</summary>
    internal ReadOnlySpan<byte> NameConstraints { get; private set; }

    /// <summary>How many certificates may follow before each must be valid for a policy (§4.2.1.11); null if none must.</summary>
    internal int? RequiresPolicyBelow { get; private set; }

    /// <summary>The contents of Microsoft's application policies, which replace the extended key usage in .NET.</summary>
    internal ReadOnlySpan<byte> ApplicationPolicies { get; private set; }

    /// <summary>The first octet of Netscape's certificate type, which AWS-LC and OpenSSL respect; null if there is none.</summary>
    internal byte? NetscapeType { get; private set; }

    internal readonly bool HasApplicationPolicies => _seen.HasFlag(Extensions.ApplicationPolicies);

    internal readonly bool HasAlternativeNames => _seen.HasFlag(Extensions.AlternativeNames);

    internal readonly bool HasExtendedKeyUsage => _seen.HasFlag(Extensions.ExtendedKeyUsage);

    /// <summary>Whether issuer and subject are the same name (§3.2), so that the certificate may be a root.</summary>
    internal readonly bool IsSelfIssued => Subject.SequenceEqual(Issuer);

    /// <summary>The subject as readable text.</summary>
    internal readonly string SubjectText => new X500DistinguishedName(Subject).Name;

    /// <returns>False if it is malformed, or has a duplicate extension (§4.2).</returns>
    internal static bool TryRead(ReadOnlySpan<byte> certificate, out CertificateFields fields)
    {
        fields = default;
        var outer = new DerReader(certificate);
        var whole = new DerReader(outer.Read(DerReader.Sequence));
        var toBeSigned = new DerReader(whole.Read(DerReader.Sequence));
        var version = new DerReader(toBeSigned.ReadOptional(DerReader.ContextTag(0, isConstructed: true)));
        byte number = version.IsEmpty ? (byte)0 : version.Read(DerReader.Integer) is [<= 2 and var stated] ? stated : byte.MaxValue;
        fields.IsVersion1 = number == 0;
        fields.SerialNumber = toBeSigned.Read(DerReader.Integer);
        toBeSigned.Read(DerReader.Sequence); // the signature's algorithm
        fields.Issuer = toBeSigned.ReadEncoded(DerReader.Sequence);
        toBeSigned.Read(DerReader.Sequence); // validity
        fields.Subject = toBeSigned.ReadEncoded(DerReader.Sequence);
        fields.PublicKey = toBeSigned.Read(DerReader.Sequence);
        toBeSigned.ReadOptional(DerReader.ContextTag(1, isConstructed: false)); // unique identifiers
        toBeSigned.ReadOptional(DerReader.ContextTag(2, isConstructed: false));
        var extensions = new DerReader(toBeSigned.ReadOptional(DerReader.ContextTag(3, isConstructed: true)));
        fields.Signature = SignatureAlgorithm.Of(whole.Read(DerReader.Sequence));
        whole.Read(DerReader.BitString); // the signature
        return !outer.Failed && outer.IsEmpty && !whole.Failed && whole.IsEmpty && !toBeSigned.Failed && toBeSigned.IsEmpty && number <= 2 &&
            (extensions.IsEmpty || number == 2 && fields.TakeAll(new DerReader(extensions.Read(DerReader.Sequence))) && !extensions.Failed);
    }

    private bool TakeAll(DerReader extensions)
    {
        while (!extensions.IsEmpty)
        {
            var extension = new DerReader(extensions.Read(DerReader.Sequence));
            ReadOnlySpan<byte> identifier = extension.Read(DerReader.ObjectIdentifier);
            bool isCritical = extension.ReadOptional(DerReader.Boolean) is [not 0];
            ReadOnlySpan<byte> value = extension.Read(DerReader.OctetString);
            if (extension.Failed || !Take(identifier, value, out bool isKnown))
            {
                return false;
            }

            HasUnknownCritical |= isCritical && !isKnown;
        }

        return !extensions.Failed && ReadBasicConstraints();
    }

    /// <param name="identifier">The extension's.</param>
    /// <param name="value">The extension's value.</param>
    /// <param name="isKnown">Whether AWS-LC knows it, and respects it if it is critical.</param>
    /// <returns>False if it cannot be decoded, or is a duplicate.</returns>
    private bool Take(ReadOnlySpan<byte> identifier, ReadOnlySpan<byte> value, out bool isKnown)
    {
        isKnown = true;
        switch (identifier)
        {
            case [0x55, 0x1d, byte number]: // id-ce, 2.5.29
                return TakeOfStandard(number, value, out isKnown);
            case [0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x01]: // netscape-cert-type, 2.16.840.1.113730.1.1
                ReadOnlySpan<byte> bits = Bits(value, out bool isRead);
                NetscapeType = bits.IsEmpty ? (byte)0 : bits[0];
                return isRead && IsFirst(Extensions.NetscapeType);
            case [0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x15, 0x0a]: // 1.3.6.1.4.1.311.21.10
                isKnown = false;
                ApplicationPolicies = Contents(value, DerReader.Sequence, out _);
                return PolicyExtensions.IsPolicies(value) && IsFirst(Extensions.ApplicationPolicies);
            default:
                isKnown = false;
                return true;
        }
    }

    private bool TakeOfStandard(byte number, ReadOnlySpan<byte> value, out bool isKnown)
    {
        const byte SubjectKey = 14, DistributionPoints = 31, AuthorityKey = 35;
        isKnown = number is not (SubjectKey or AuthorityKey);
        switch (number)
        {
            case SubjectKey:
                SubjectKeyIdentifier = Contents(value, DerReader.OctetString, out bool isRead);
                return isRead && IsFirst(Extensions.SubjectKeyIdentifier);
            case 15:
                ReadKeyUsage(Bits(value, out isRead));
                return isRead && IsFirst(Extensions.KeyUsage);
            case 17:
                AlternativeNames = Contents(value, DerReader.Sequence, out isRead);
                return isRead && IsFirst(Extensions.AlternativeNames);
            case 19:
                _basicConstraints = Contents(value, DerReader.Sequence, out isRead);
                return isRead && IsFirst(Extensions.BasicConstraints);
            case 30:
                NameConstraints = Contents(value, DerReader.Sequence, out isRead);
                return isRead && IsFirst(Extensions.NameConstraints);
            case 32:
                return PolicyExtensions.IsPolicies(value) && IsFirst(Extensions.Policies);
            case 33:
                return PolicyExtensions.IsMappings(value) && IsFirst(Extensions.PolicyMappings);
            case AuthorityKey:
                AuthorityKeyIdentifier = Contents(value, DerReader.Sequence, out isRead);
                return isRead && IsFirst(Extensions.AuthorityKeyIdentifier);
            case 36:
                isRead = PolicyExtensions.IsConstraints(value, out int? requiredBelow);
                RequiresPolicyBelow = requiredBelow;
                return isRead && IsFirst(Extensions.PolicyConstraints);
            case 37:
                ExtendedKeyUsage = Contents(value, DerReader.Sequence, out isRead);
                return isRead && IsFirst(Extensions.ExtendedKeyUsage);
            case 54:
                return PolicyExtensions.IsInhibition(value) && IsFirst(Extensions.InhibitAnyPolicy);
            default:
                isKnown = number == DistributionPoints;
                return true;
        }
    }

    private bool IsFirst(Extensions extension)
    {
        bool isFirst = !_seen.HasFlag(extension);
        _seen |= extension;
        return isFirst;
    }

    private static ReadOnlySpan<byte> Contents(ReadOnlySpan<byte> value, byte tag, out bool isRead)
    {
        var reader = new DerReader(value);
        ReadOnlySpan<byte> contents = reader.Read(tag);
        isRead = !reader.Failed && reader.IsEmpty;
        return contents;
    }

    private bool ReadBasicConstraints()
    {
        var constraints = new DerReader(_basicConstraints);
        IsAuthority = constraints.ReadOptional(DerReader.Boolean) is [not 0];
        if (constraints.NextTag == DerReader.Integer)
        {
            ReadOnlySpan<byte> length = constraints.Read(DerReader.Integer);
            if (length.IsEmpty || length[0] >= 0x80)
            {
                return false; // negative
            }

            // No chain is longer than 127.
            PathLength = length.Length == 1 ? length[0] : 127;
        }

        return !constraints.Failed && constraints.IsEmpty;
    }

    /// <summary>The first octet says how many bits of the last are unused: those must be zero (X.690 §11.2.1).</summary>
    private static ReadOnlySpan<byte> Bits(ReadOnlySpan<byte> value, out bool isRead)
    {
        ReadOnlySpan<byte> contents = Contents(value, DerReader.BitString, out isRead);
        if (!isRead || contents.IsEmpty || contents[0] > 7 || (contents.Length == 1 ? contents[0] != 0 : (contents[^1] & ((1 << contents[0]) - 1)) != 0))
        {
            isRead = false;
            return default;
        }

        return contents[1..];
    }

    /// <summary>The flags are the first octet of bits, and the first bit of the second.</summary>
    private void ReadKeyUsage(ReadOnlySpan<byte> bits)
    {
        int flags = bits.IsEmpty ? 0 : bits[0];
        if (bits.Length > 1 && (bits[1] & 0x80) != 0)
        {
            flags |= (int)X509KeyUsageFlags.DecipherOnly;
        }

        KeyUsage = (X509KeyUsageFlags)flags;
    }
}
