namespace S2nTls.Certificates.Verification;

/// <summary>
/// Checks that the extensions about policies (RFC 5280 §4.2.1.4, .5, .11, .14; Microsoft's application policies) can be decoded. .NET, and so
/// SslStream, refuses malformed ones, which AWS-LC does not check.
/// </summary>
internal static class PolicyExtensions
{
    /// <summary>certificatePolicies, and application policies, which have the same form.</summary>
    internal static bool IsPolicies(ReadOnlySpan<byte> value)
    {
        DerReader policies = In(value, out bool isWhole);
        while (isWhole && !policies.IsEmpty)
        {
            var policy = new DerReader(policies.Read(DerReader.Sequence));
            isWhole = IsIdentifier(policy.Read(DerReader.ObjectIdentifier));
            policy.ReadOptional(DerReader.Sequence); // qualifiers: for human readers
            isWhole &= !policy.Failed && policy.IsEmpty && !policies.Failed;
        }

        return isWhole;
    }

    internal static bool IsMappings(ReadOnlySpan<byte> value)
    {
        DerReader mappings = In(value, out bool isWhole);
        while (isWhole && !mappings.IsEmpty)
        {
            var mapping = new DerReader(mappings.Read(DerReader.Sequence));
            isWhole = IsIdentifier(mapping.Read(DerReader.ObjectIdentifier)) && IsIdentifier(mapping.Read(DerReader.ObjectIdentifier)) &&
                !mapping.Failed && mapping.IsEmpty && !mappings.Failed;
        }

        return isWhole;
    }

    /// <param name="value">policyConstraints.</param>
    /// <param name="requiredBelow">How many certificates may follow before each must be valid for a policy; null if none is required.</param>
    internal static bool IsConstraints(ReadOnlySpan<byte> value, out int? requiredBelow)
    {
        requiredBelow = null;
        DerReader constraints = In(value, out bool isWhole);
        byte required = DerReader.ContextTag(0, isConstructed: false), inhibited = DerReader.ContextTag(1, isConstructed: false);
        if (constraints.NextTag == required)
        {
            isWhole &= TryReadCount(constraints.Read(required), out int count);
            requiredBelow = count;
        }

        if (constraints.NextTag == inhibited)
        {
            isWhole &= TryReadCount(constraints.Read(inhibited), out _);
        }

        return isWhole && !constraints.Failed && constraints.IsEmpty;
    }

    internal static bool IsInhibition(ReadOnlySpan<byte> value)
    {
        var reader = new DerReader(value);
        return TryReadCount(reader.Read(DerReader.Integer), out _) && !reader.Failed && reader.IsEmpty;
    }

    /// <summary>Whether the contents of an OBJECT IDENTIFIER are well formed (X.690 §8.19.2): numbers of seven bits each octet, in the shortest form.</summary>
    internal static bool IsIdentifier(ReadOnlySpan<byte> contents)
    {
        bool isFirst = true;
        foreach (byte octet in contents)
        {
            if (isFirst && octet == 0x80)
            {
                return false;
            }

            isFirst = octet < 0x80;
        }

        return isFirst && !contents.IsEmpty;
    }

    /// <summary>Reads a number of certificates: not negative, in the shortest form; capped at more than a chain can have.</summary>
    private static bool TryReadCount(ReadOnlySpan<byte> contents, out int count)
    {
        count = contents.Length == 1 ? contents[0] : sbyte.MaxValue;
        return contents is [< 0x80] or [> 0 and < 0x80, _] or [> 0 and < 0x80, _, _] or [> 0 and < 0x80, _, _, _] or [0, >= 0x80] or [0, >= 0x80, _] or [0, >= 0x80, _, _];
    }

    private static DerReader In(ReadOnlySpan<byte> value, out bool isWhole)
    {
        var reader = new DerReader(value);
        ReadOnlySpan<byte> contents = reader.Read(DerReader.Sequence);
        isWhole = !reader.Failed && reader.IsEmpty;
        return new DerReader(contents);
    }
}
