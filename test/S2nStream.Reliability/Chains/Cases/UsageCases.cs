using System.Security.Cryptography.X509Certificates;
using S2nTls.Reliability.Chains.Making;
using static S2nTls.Reliability.Chains.Cases.Expected;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>What keys may be used for (RFC 5280 §4.2.1.3, §4.2.1.12).</summary>
internal static class UsageCases
{
    private const string Purposes = "RFC 5280 §4.2.1.12: the key is used for the listed purposes only";
    private const string Inherited = "RFC 5280 §4.2.1.12 speaks of the leaf's key; all who verify for the Web apply an intermediate's purposes to what is below";
    private const string Signs = "RFC 8446 §4.4.2.2: the key usage, if present, has digitalSignature";

    internal static readonly NamedCase[] All =
    [
        Leafs("for clients only", Purposes, Refused, CertificateDraft.ClientAuthentication), Leafs("for servers and clients", Purposes, Accepted, CertificateDraft.ServerAuthentication, CertificateDraft.ClientAuthentication),
        Leafs("any", "RFC 5280 §4.2.1.12: applications may insist on the particular purpose", Either, CertificateDraft.AnyUsage), Leafs("any and for servers", Purposes, Accepted, CertificateDraft.AnyUsage, CertificateDraft.ServerAuthentication),
        Leafs("for signing code", Purposes, Refused, CertificateDraft.CodeSigning), Leafs("of nobody's knowledge", Purposes, Refused, "1.3.6.1.4.1.99999.3"), Leafs("none in the list", "RFC 5280 §4.2.1.12: the list has one at least", Refused),
        Leafs("Netscape's strong cryptography", Purposes, Refused, "2.16.840.1.113730.4.1"),
        new("purpose: the root's critical", Inherited, Accepted, 1, (chain, _) => (chain.Root.ExtendedKeyUsage, chain.Root.HasCriticalExtendedKeyUsage) = ([CertificateDraft.ServerAuthentication], true)),
        new("purpose: the leaf's missing", "RFC 5280 §4.2.1.12: then there is no restriction", Accepted, 1, (chain, _) => chain.Leaf.ExtendedKeyUsage = null),
        new("purpose: the leaf's critical", Purposes, Accepted, 1, (chain, _) => chain.Leaf.HasCriticalExtendedKeyUsage = true),
        Authoritys("an intermediate's for servers", Inherited, Accepted, 1, CertificateDraft.ServerAuthentication), Authoritys("an intermediate's for clients only", Inherited, Refused, 1, CertificateDraft.ClientAuthentication),
        Authoritys("an intermediate's any", Inherited, Either, 1, CertificateDraft.AnyUsage), Authoritys("an intermediate's for signing code", Inherited, Refused, 1, CertificateDraft.CodeSigning),
        Authoritys("an intermediate's Netscape's strong cryptography", Inherited, Refused, 1, "2.16.840.1.113730.4.1"),
        Authoritys("the root's for servers", Inherited, Accepted, 2, CertificateDraft.ServerAuthentication), Authoritys("the root's for clients only", Inherited, Refused, 2, CertificateDraft.ClientAuthentication), Authoritys("the root's for signing code", Inherited, Refused, 2, CertificateDraft.CodeSigning),
        Leafs("Netscape type for servers", Accepted, new Extension(Extension.NetscapeType, false, [0x03, 0x02, 0x06, 0x40])), Leafs("Netscape type for clients", Either, new Extension(Extension.NetscapeType, false, [0x03, 0x02, 0x07, 0x80])),
        Leafs("application policies for servers", Accepted, new Extension(Extension.ApplicationPolicies, false, [0x30, 0x0C, 0x30, 0x0A, 0x06, 0x08, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01])),
        Leafs("application policies for clients", Either, new Extension(Extension.ApplicationPolicies, false, [0x30, 0x0C, 0x30, 0x0A, 0x06, 0x08, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02])),
        Usage("digitalSignature", Accepted, X509KeyUsageFlags.DigitalSignature), Usage("keyEncipherment", Either, X509KeyUsageFlags.KeyEncipherment), Usage("keyAgreement", Either, X509KeyUsageFlags.KeyAgreement), Usage("keyCertSign", Refused, X509KeyUsageFlags.KeyCertSign),
        Usage("cRLSign", Refused, X509KeyUsageFlags.CrlSign), Usage("dataEncipherment", Refused, X509KeyUsageFlags.DataEncipherment), Usage("nonRepudiation", Refused, X509KeyUsageFlags.NonRepudiation), Usage("nothing", Refused, X509KeyUsageFlags.None),
        new("usage: the leaf's missing", "RFC 5280 §4.2.1.3: then there is no restriction", Accepted, 1, (chain, _) => chain.Leaf.KeyUsage = null),
        new("usage: the leaf's not critical", "RFC 5280 §4.2.1.3: it should be; it counts all the same", Accepted, 1, (chain, _) => chain.Leaf.HasCriticalKeyUsage = false),
        new("usage: keyCertSign in a leaf that is no authority", "RFC 5280 §4.2.1.9: only with cA", Either, 1, (chain, _) => (chain.Leaf.Basic, chain.Leaf.KeyUsage) = (new(false), X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign)),
    ];

    private static NamedCase Leafs(string name, string decides, Expected expected, params string[] purposes) => new($"purpose: the leaf's {name}", decides, expected, 1, (chain, _) => chain.Leaf.ExtendedKeyUsage = purposes);

    /// <summary>Beside the right purposes.</summary>
    private static NamedCase Leafs(string name, Expected expected, Extension more) =>
        new($"purpose: the leaf's {name}", "no RFC has it; some of those who verify heed it", expected, 1, (chain, _) => chain.Leaf.Others.Add(more));

    private static NamedCase Authoritys(string name, string decides, Expected expected, int at, params string[] purposes) => new($"purpose: {name}", decides, expected, 1, (chain, _) => chain.Path[at].ExtendedKeyUsage = purposes);

    private static NamedCase Usage(string name, Expected expected, X509KeyUsageFlags usage) => new($"usage: the leaf's {name} only", Signs, expected, 1, (chain, _) => chain.Leaf.KeyUsage = usage);
}
