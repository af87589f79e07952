using S2nTls.Reliability.Chains.Making;
using static S2nTls.Reliability.Chains.Cases.Expected;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Extensions (RFC 5280 §4.2).</summary>
internal static class ExtensionCases
{
    private const string Critical = "RFC 5280 §4.2: a critical extension that is not recognized refuses the certificate";
    private const string Once = "RFC 5280 §4.2: one instance of an extension";
    private const string Profile = "RFC 5280 §4.2 tells authorities how to mark it; §6.1 processes it all the same";

    private static readonly byte[] s_null = [0x05, 0x00];

    internal static readonly NamedCase[] All =
    [
        .. new[] { ("the leaf", 0), ("an intermediate", 1) }.SelectMany(who => new[]
        {
            Of($"an unknown critical one in {who.Item1}", Critical, Refused, who.Item2, new Extension(Extension.Unknown, true, s_null)),
            Of($"an unknown one in {who.Item1}", "RFC 5280 §4.2: one that is not critical may be ignored", Accepted, who.Item2, new Extension(Extension.Unknown, false, s_null)),
        }),
        Of("an unknown one in the root", "RFC 5280 §4.2: one that is not critical may be ignored", Accepted, 2, new Extension(Extension.Unknown, false, s_null)),
        Of("authority information access in the leaf", "RFC 5280 §4.2.2.1: not critical", Accepted, 0, new Extension(Extension.AuthorityInformationAccess, false, [0x30, 0x00])),
        Of("critical authority information access in the leaf", Critical, Either, 0, new Extension(Extension.AuthorityInformationAccess, true, [0x30, 0x00])),
        Of("names twice in the leaf", Once, Refused, 0, new Extension(Extension.SubjectAlternativeName, false, Tlv.Encode(0x30, GeneralName.Dns("second.example").Encode()))),
        Of("key usage twice in the leaf", Once, Refused, 0, new Extension(Extension.KeyUsage, false, [0x03, 0x02, 0x07, 0x80])),
        Of("purposes twice in the leaf", Once, Refused, 0, new Extension(Extension.ExtendedKeyUsage, false, [0x30, 0x0A, 0x06, 0x08, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01])),
        Of("basic constraints twice in an intermediate", Once, Refused, 1, new Extension(Extension.BasicConstraints, true, [0x30, 0x03, 0x01, 0x01, 0xFF])),
        Of("malformed basic constraints in the leaf", "RFC 5280 §4.2.1.9: a sequence", Refused, 0, new Extension(Extension.BasicConstraints, true, s_null)),
        new("extension: names of indefinite length in the leaf", "RFC 5280 §4.1: DER, which knows no indefinite length", Refused, 1, (chain, _) => chain.Leaf.Values[Extension.SubjectAlternativeName] = [0x30, 0x80, .. GeneralName.Dns("www.example.com").Encode(), 0x00, 0x00]),
        new("extension: an unknown one twice in the leaf", Once, Either, 1, (chain, _) => chain.Leaf.Others.AddRange([new Extension(Extension.Unknown, false, s_null), new Extension(Extension.Unknown, false, s_null)])),
        new("extension: malformed key usage in the leaf", "RFC 5280 §4.2.1.3: a bit string", Refused, 1, (chain, _) => chain.Leaf.Values[Extension.KeyUsage] = s_null),
        new("extension: malformed purposes in the leaf", "RFC 5280 §4.2.1.12: a sequence", Refused, 1, (chain, _) => chain.Leaf.Values[Extension.ExtendedKeyUsage] = s_null),
        new("extension: malformed constraints in an intermediate", "RFC 5280 §4.2.1.10: a sequence", Refused, 1, (chain, _) =>
        {
            chain.Path[1].Constraints = new([GeneralName.Dns("example.com")], []);
            chain.Path[1].Values[Extension.NameConstraints] = s_null;
        }),
        new("extension: empty constraints in an intermediate", "RFC 5280 §4.2.1.10: not an empty sequence", Either, 1, (chain, _) =>
        {
            chain.Path[1].Constraints = new([GeneralName.Dns("example.com")], []);
            chain.Path[1].Values[Extension.NameConstraints] = [0x30, 0x00];
        }),
        Of("policy constraints that are not critical", Profile, Either, 1, new Extension(Extension.PolicyConstraints, false, [0x30, 0x03, 0x80, 0x01, 0x05])),
        Of("an explicit policy that nobody has", "RFC 5280 §6.1.4 i, §6.1.5 g: an explicit policy is required, and there is none", Refused, 1, new Extension(Extension.PolicyConstraints, true, [0x30, 0x03, 0x80, 0x01, 0x00])),
        new("extension: an explicit policy, and policies that have none in common", "RFC 5280 §6.1.5 g: an explicit policy is required, and there is none", Refused, 1, (chain, _) =>
        {
            chain.Path[1].Others.AddRange([new Extension(Extension.CertificatePolicies, false, Policy(0x04)), new Extension(Extension.PolicyConstraints, true, [0x30, 0x03, 0x80, 0x01, 0x00])]);
            chain.Leaf.Others.Add(new Extension(Extension.CertificatePolicies, false, Policy(0x05)));
        }),
        Of("malformed policies in an intermediate", "RFC 5280 §4.2.1.4: a sequence", Either, 1, new Extension(Extension.CertificatePolicies, false, s_null)),
        Of("malformed policies in the leaf", "RFC 5280 §4.2.1.4: a sequence", Either, 0, new Extension(Extension.CertificatePolicies, false, [0x30, 0x03, 0x06, 0x01, 0x2A])),
        Of("malformed policy mappings in an intermediate", "RFC 5280 §4.2.1.5: a sequence of pairs", Either, 1, new Extension(Extension.PolicyMappings, false, [0x30, 0x05, 0x30, 0x03, 0x06, 0x01, 0x2A])),
        Of("malformed policy constraints in an intermediate", "RFC 5280 §4.2.1.11: a sequence", Either, 1, new Extension(Extension.PolicyConstraints, false, [0x30, 0x02, 0x80, 0x00])),
        Of("malformed inhibition of any policy in an intermediate", "RFC 5280 §4.2.1.14: a number", Either, 1, new Extension(Extension.InhibitAnyPolicy, false, s_null)),
        Of("malformed policies in the root", "RFC 5280 §4.2.1.4: a sequence", Either, 2, new Extension(Extension.CertificatePolicies, false, s_null)),
        new("extension: a policy that is required, and a leaf without purposes", "RFC 5280 §6.1.5 g: whoever does not follow policies cannot tell", Either, 1, (chain, _) =>
        {
            chain.Path[1].Others.AddRange([new Extension(Extension.CertificatePolicies, false, Policy(0x04)), new Extension(Extension.PolicyConstraints, false, [0x30, 0x03, 0x80, 0x01, 0x00])]);
            chain.Leaf.Others.Add(new Extension(Extension.CertificatePolicies, false, Policy(0x04)));
            chain.Leaf.ExtendedKeyUsage = null;
        }),
        Of("critical address blocks in an intermediate", Critical, Either, 1, new Extension(Extension.AddressBlocks, true, [0x30, 0x00])),
        Of("address blocks in an intermediate", "RFC 5280 §4.2: one that is not critical may be ignored", Accepted, 1, new Extension(Extension.AddressBlocks, false, [0x30, 0x00])),
        Of("critical distribution points in the leaf", Profile, Either, 0, new Extension(Extension.DistributionPoints, true, [0x30, 0x00])),
        new("extension: key usage with unused bits set", "X.690 §11.2.1: unused bits are zero", Either, 1, (chain, _) => chain.Leaf.Values[Extension.KeyUsage] = [0x03, 0x02, 0x07, 0xFF]),
        Of("must-staple", "RFC 7633 §4.2.3.1: only of who has asked for a response", Either, 0, new Extension("1.3.6.1.5.5.7.1.24", false, [0x30, 0x03, 0x02, 0x01, 0x05])),
        Of("the poison of a precertificate", "RFC 6962 §3.1: critical, so that nobody takes it", Refused, 0, new Extension("1.3.6.1.4.1.11129.2.4.3", true, s_null)),
    ];

    /// <summary>The policy 1.2.3.last.</summary>
    private static byte[] Policy(byte last) => [0x30, 0x07, 0x30, 0x05, 0x06, 0x03, 0x2A, 0x03, last];

    private static NamedCase Of(string name, string decides, Expected expected, int at, Extension extension) => new($"extension: {name}", decides, expected, 1, (chain, _) => chain.Path[at].Others.Add(extension));
}
