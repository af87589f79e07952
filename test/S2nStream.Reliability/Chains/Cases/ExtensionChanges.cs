using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Extensions that nobody knows, that are there twice, or should not be as they are (RFC 5280 §4.2).</summary>
internal static class ExtensionChanges
{
    private static readonly byte[] s_null = [0x05, 0x00];

    internal static readonly Change[] All = [new(8, Unknown), new(6, Known), new(4, Doubled), new(2, Policies)];

    private static string Unknown(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>([.. chain.All]);
        certificate.Others.Add(new Extension(random.Pick(Extension.Unknown, "2.5.29.99", "1.3.6.1.5.5.7.1.99"), random.Chance(75), random.Pick(s_null, [], [0xFF])));
        return $"{certificate.Role} has an unknown extension";
    }

    /// <summary>Known ones, critical where they should not be, or malformed.</summary>
    private static string Known(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>(chain.Path);
        (string type, byte[] value) = random.Pick<(string, byte[])>(
            (Extension.AuthorityInformationAccess, [0x30, 0x00]), (Extension.AuthorityInformationAccess, Access()), (Extension.DistributionPoints, s_null), (Extension.DistributionPoints, [0x30, 0x00]),
            (Extension.IssuerAlternativeName, [0x30, 0x05, 0x82, 0x03, 0x61, 0x2E, 0x62]), (Extension.IssuerAlternativeName, s_null), (Extension.CertificatePolicies, Policy("1.2.3.4")), (Extension.CertificatePolicies, s_null),
            (Extension.PolicyConstraints, [0x30, 0x03, 0x80, 0x01, 0x00]), (Extension.PolicyConstraints, s_null), (Extension.PolicyConstraints, [0x30, 0x00]), (Extension.InhibitAnyPolicy, [0x02, 0x01, 0x00]), (Extension.InhibitAnyPolicy, s_null),
            ("1.3.6.1.5.5.7.1.24", [0x30, 0x03, 0x02, 0x01, 0x05]), ("1.3.6.1.4.1.11129.2.4.3", s_null), ("1.3.6.1.5.5.7.1.3", [0x30, 0x00]), ("2.5.29.9", [0x30, 0x00]), ("2.5.29.16", [0x30, 0x00]), (Extension.AddressBlocks, [0x30, 0x00]));
        certificate.Others.Add(new Extension(type, random.Chance(50), value));
        return $"{certificate.Role} has {type}";
    }

    private static string Doubled(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>(chain.Path);
        (string type, byte[] value) = random.Pick<(string, byte[])>(
            (Extension.BasicConstraints, [0x30, 0x03, 0x01, 0x01, 0xFF]), (Extension.BasicConstraints, [0x30, 0x00]), (Extension.KeyUsage, [0x03, 0x02, 0x07, 0x80]), (Extension.SubjectAlternativeName, Tlv.Encode(0x30, GoodChain.NameOf(chain.Host).Encode())),
            (Extension.SubjectAlternativeName, Tlv.Encode(0x30, GeneralName.Dns("second.example").Encode())), (Extension.ExtendedKeyUsage, [0x30, 0x06, 0x06, 0x04, 0x55, 0x1D, 0x25, 0x00]), (Extension.NameConstraints, new NameConstraints([GeneralName.Dns("example.com")], []).Encode()),
            (Extension.Unknown, s_null));
        certificate.Others.Add(new Extension(type, random.Chance(30), value));
        if (type == Extension.Unknown)
        {
            certificate.Others.Add(new Extension(type, false, value));
        }

        return $"{certificate.Role} has {type} twice";
    }

    private static string Policies(Random random, ChainKeys keys, ChainDraft chain)
    {
        foreach (CertificateDraft certificate in chain.Path)
        {
            certificate.Others.Add(new Extension(Extension.CertificatePolicies, random.Chance(20), Policy(random.Pick("1.2.3.4", "1.2.3.5", "2.5.29.32.0"))));
        }

        if (chain.Path.Count > 1 && random.Chance(60))
        {
            CertificateDraft authority = random.Pick<CertificateDraft>([.. chain.Path.Skip(1)]);
            authority.Others.Add(random.Pick(
                new Extension(Extension.PolicyConstraints, true, [0x30, 0x03, 0x80, 0x01, 0x00]),
                new Extension(Extension.InhibitAnyPolicy, true, [0x02, 0x01, 0x00]),
                new Extension(Extension.PolicyMappings, true, Tlv.Encode(0x30, Tlv.Encode(0x30, [0x06, 0x03, 0x2A, 0x03, 0x04, 0x06, 0x03, 0x2A, 0x03, 0x05])))));
        }

        return "policies";
    }

    private static byte[] Policy(string identifier)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(identifier);
        }

        return writer.Encode();
    }

    private static byte[] Access() =>
        Tlv.Encode(0x30, Tlv.Encode(0x30, [0x06, 0x08, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02, .. GeneralName.Uri("http://127.0.0.1:9/ca.cer").Encode()]));
}
