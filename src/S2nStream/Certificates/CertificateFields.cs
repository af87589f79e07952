using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Certificates;

/// <summary>Those fields of a certificate that a verdict depends on (RFC 5280 §4), read where it lies in memory.</summary>
internal ref struct CertificateFields
{
    private ReadOnlySpan<byte> _basicConstraints;
    private ReadOnlySpan<byte> _keyUsage;
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
    }

    /// <summary>Whether it is a certificate of X.509's first version, which has no extensions.</summary>
    internal bool IsVersion1 { get; private set; }

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

    /// <summary>The identifier itself (§4.2.1.2).</summary>
    internal ReadOnlySpan<byte> SubjectKeyIdentifier { get; private set; }

    /// <summary>cA in the basic constraints (§4.2.1.9).</summary>
    internal bool IsAuthority { get; private set; }

    /// <summary>How many intermediates may follow that are not issued by themselves (§4.2.1.9); null where that is not said.</summary>
    internal int? PathLength { get; private set; }

    /// <summary>Null where nothing is said (§4.2.1.3).</summary>
    internal X509KeyUsageFlags? KeyUsage { get; private set; }

    internal readonly bool HasAlternativeNames => _seen.HasFlag(Extensions.AlternativeNames);

    internal readonly bool HasExtendedKeyUsage => _seen.HasFlag(Extensions.ExtendedKeyUsage);

    /// <summary>Whether issuer and subject are the same name (§3.2), so that the certificate may be a root's.</summary>
    internal readonly bool IsSelfIssued => Subject.SequenceEqual(Issuer);

    /// <summary>The subject, as people read it.</summary>
    internal readonly string SubjectText => new X500DistinguishedName(Subject).Name;

    /// <returns>False where it is malformed, or has an extension twice (§4.2).</returns>
    internal static bool TryRead(ReadOnlySpan<byte> certificate, out CertificateFields fields)
    {
        fields = default;
        var outer = new DerReader(certificate);
        var whole = new DerReader(outer.Read(DerReader.Sequence));
        var toBeSigned = new DerReader(whole.Read(DerReader.Sequence));
        ReadOnlySpan<byte> version = toBeSigned.ReadOptional(DerReader.ContextTag(0, isConstructed: true));
        fields.IsVersion1 = version.IsEmpty || version[^1] == 0;
        fields.SerialNumber = toBeSigned.Read(DerReader.Integer);
        toBeSigned.Read(DerReader.Sequence); // the signature's algorithm
        fields.Issuer = toBeSigned.ReadEncoded(DerReader.Sequence);
        toBeSigned.Read(DerReader.Sequence); // validity
        fields.Subject = toBeSigned.ReadEncoded(DerReader.Sequence);
        toBeSigned.Read(DerReader.Sequence); // the public key
        toBeSigned.ReadOptional(DerReader.ContextTag(1, isConstructed: false)); // unique identifiers
        toBeSigned.ReadOptional(DerReader.ContextTag(2, isConstructed: false));
        var extensions = new DerReader(toBeSigned.ReadOptional(DerReader.ContextTag(3, isConstructed: true)));
        return !outer.Failed && outer.IsEmpty && !whole.Failed && !toBeSigned.Failed && toBeSigned.IsEmpty &&
            (extensions.IsEmpty || fields.TakeAll(new DerReader(extensions.Read(DerReader.Sequence))) && !extensions.Failed);
    }

    private bool TakeAll(DerReader extensions)
    {
        while (!extensions.IsEmpty)
        {
            var extension = new DerReader(extensions.Read(DerReader.Sequence));
            ReadOnlySpan<byte> identifier = extension.Read(DerReader.ObjectIdentifier);
            extension.ReadOptional(DerReader.Boolean); // critical: whoever builds the chain knows what these are
            ReadOnlySpan<byte> value = extension.Read(DerReader.OctetString);
            if (extension.Failed || !Take(identifier, value))
            {
                return false;
            }
        }

        return !extensions.Failed && ReadBasicConstraints() && ReadKeyUsage();
    }

    private bool Take(ReadOnlySpan<byte> identifier, ReadOnlySpan<byte> value)
    {
        // id-ce, 2.5.29: all that counts here are below it.
        if (identifier is not [0x55, 0x1d, byte number])
        {
            return true;
        }

        switch (number)
        {
            case 14:
                SubjectKeyIdentifier = Contents(value, DerReader.OctetString, out bool isRead);
                return isRead && IsFirst(Extensions.SubjectKeyIdentifier);
            case 15:
                _keyUsage = Contents(value, DerReader.BitString, out isRead);
                return isRead && IsFirst(Extensions.KeyUsage);
            case 17:
                AlternativeNames = Contents(value, DerReader.Sequence, out isRead);
                return isRead && IsFirst(Extensions.AlternativeNames);
            case 19:
                _basicConstraints = Contents(value, DerReader.Sequence, out isRead);
                return isRead && IsFirst(Extensions.BasicConstraints);
            case 35:
                AuthorityKeyIdentifier = Contents(value, DerReader.Sequence, out isRead);
                return isRead && IsFirst(Extensions.AuthorityKeyIdentifier);
            case 37:
                ExtendedKeyUsage = Contents(value, DerReader.Sequence, out isRead);
                return isRead && IsFirst(Extensions.ExtendedKeyUsage);
            default:
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

            // More than 127 is more than any chain has.
            PathLength = length.Length == 1 ? length[0] : 127;
        }

        return !constraints.Failed && constraints.IsEmpty;
    }

    private bool ReadKeyUsage()
    {
        if (!_seen.HasFlag(Extensions.KeyUsage))
        {
            return true;
        }

        // The first octet says how many bits of the last are unused. The flags are the first octet of bits, and the first bit of the second.
        if (_keyUsage.IsEmpty)
        {
            return false;
        }

        ReadOnlySpan<byte> bits = _keyUsage[1..];
        int flags = bits.IsEmpty ? 0 : bits[0];
        if (bits.Length > 1 && (bits[1] & 0x80) != 0)
        {
            flags |= (int)X509KeyUsageFlags.DecipherOnly;
        }

        KeyUsage = (X509KeyUsageFlags)flags;
        return true;
    }
}
