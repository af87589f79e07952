using System.Security.Cryptography.X509Certificates;
using S2nTls.Reliability.Chains.Making;
using static S2nTls.Reliability.Chains.Cases.Expected;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Who is an authority (RFC 5280 §4.2.1.9, §6.1.4 k and n).</summary>
internal static class AuthorityCases
{
    private const string IsAuthority = "RFC 5280 §6.1.4 k: an issuer of version 3 has basic constraints that say so";
    private const string MaySign = "RFC 5280 §6.1.4 n: an issuer's key usage, if present, has keyCertSign";
    private const string Profile = "RFC 5280 §4.2.1.9 tells authorities to mark it critical; §6.1 does not ask";

    internal static readonly NamedCase[] All =
    [
        new("authority: an intermediate that is none", IsAuthority, Refused, 1, (chain, _) => chain.Path[1].Basic = new(false)),
        new("authority: an intermediate without basic constraints", IsAuthority, Refused, 1, (chain, _) => chain.Path[1].Basic = null),
        new("authority: an intermediate without basic constraints and key usage", IsAuthority, Refused, 1, (chain, _) => (chain.Path[1].Basic, chain.Path[1].KeyUsage) = (null, null)),
        new("authority: an intermediate of version 1", IsAuthority, Refused, 1, (chain, _) => chain.Path[1].Version = 1),
        new("authority: an intermediate whose basic constraints are not critical", Profile, Either, 1, (chain, _) => chain.Path[1].Basic = new(true, IsCritical: false)),
        new("authority: a root that is none", "RFC 5280 §6.1.1 d: an anchor is a name and a key; to be one takes a self-signed certificate of an authority", Refused, 1, (chain, _) => chain.Root.Basic = new(false)),
        new("authority: a root without basic constraints", "RFC 5280 §4.2.1.9: a key that verifies certificates needs them in version 3", Refused, 1, (chain, _) => chain.Root.Basic = null),
        new("authority: a root without basic constraints and key usage", "RFC 5280 §4.2.1.9: a key that verifies certificates needs them in version 3", Refused, 1, (chain, _) => (chain.Root.Basic, chain.Root.KeyUsage) = (null, null)),
        new("authority: a root of version 1", "RFC 5280 §6.1.4 k leaves version 1 to other means: a trusted root is that", Either, 1, (chain, _) => chain.Root.Version = 1),
        new("authority: a root whose basic constraints are not critical", Profile, Either, 1, (chain, _) => chain.Root.Basic = new(true, IsCritical: false)),
        new("authority: a leaf that has issued the leaf", IsAuthority, Refused, 1, (chain, keys) =>
        {
            CertificateDraft pretender = GoodChain.Leaf(keys, chain.Path[1], "other.example");
            chain.Leaf.Issuer = pretender;
            chain.Sent.Insert(1, pretender);
        }),
        new("authority: an intermediate that may not sign certificates", MaySign, Refused, 1, (chain, _) => chain.Path[1].KeyUsage = X509KeyUsageFlags.DigitalSignature),
        new("authority: an intermediate without key usage", MaySign, Accepted, 1, (chain, _) => chain.Path[1].KeyUsage = null),
        new("authority: a root that may not sign certificates", MaySign, Refused, 1, (chain, _) => chain.Root.KeyUsage = X509KeyUsageFlags.DigitalSignature),
        new("authority: a root without key usage", MaySign, Accepted, 1, (chain, _) => chain.Root.KeyUsage = null),
        new("authority: one in the leaf's place", "RFC 5280 §6.1.5 asks nothing of the last certificate's basic constraints", Accepted, 1, (chain, _) => (chain.Leaf.Basic, chain.Leaf.KeyUsage) = (new(true), X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign)),
        new("authority: one in the leaf's place for another host", "RFC 9110 §4.3.4", Refused, 1, (chain, _) => (chain.Leaf.Basic, chain.Leaf.KeyUsage, chain.Leaf.Names) = (new(true), X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, [GeneralName.Dns("other.example")])),
        new("authority: an intermediate with an empty subject", "RFC 5280 §4.1.2.6: an authority has a name", Either, 1, (chain, _) => chain.Path[1].Subject = DirectoryName.Empty),
        new("authority: a leaf with an empty issuer", "RFC 5280 §4.1.2.4: the issuer has a name; §6.1.3 a 4: it is the subject above", Refused, 1, (chain, _) => chain.Leaf.IssuerNameInstead = DirectoryName.Empty),
        new("authority: a serial number of zero", "RFC 5280 §4.1.2.2: users should be prepared", Either, 1, (chain, _) => chain.Leaf.Serial = [0]),
        new("authority: a negative serial number", "RFC 5280 §4.1.2.2: users should be prepared", Either, 1, (chain, _) => chain.Leaf.Serial = [0xFF]),
        new("authority: a serial number of 21 octets", "RFC 5280 §4.1.2.2: users must manage twenty", Either, 1, (chain, _) => chain.Leaf.Serial = [.. Enumerable.Repeat((byte)0x55, 21)]),
        new("authority: a leaf of version 1 with its host as common name", "RFC 6125 §6.4.4: a common name counts at most where there are no names", Either, 1, (chain, _) => (chain.Leaf.Version, chain.Leaf.Subject) = (1, DirectoryName.Common("www.example.com"))),
        new("authority: no subject key identifier in an intermediate", "RFC 5280 §4.2.1.2 tells authorities; §6.1 does not ask", Either, 1, (chain, _) => chain.Path[1].SubjectKeyIdentifier = Identifier.None),
        new("authority: no authority key identifier in a leaf", "RFC 5280 §4.2.1.1 tells authorities; §6.1 does not ask", Either, 1, (chain, _) => chain.Leaf.AuthorityKeyIdentifier = Identifier.None),
        new("authority: a wrong authority key identifier in a leaf", "RFC 5280 §4.2.1.1: it helps to find the issuer; §6.1 does not ask", Either, 1, (chain, _) => chain.Leaf.AuthorityKeyIdentifier = Identifier.Wrong),
        new("authority: no key identifiers anywhere", "RFC 5280 §4.2.1.1 tells authorities; §6.1 does not ask", Either, 1, (chain, _) => chain.Path.ForEach(certificate => (certificate.SubjectKeyIdentifier, certificate.AuthorityKeyIdentifier) = (Identifier.None, Identifier.None))),
    ];
}
