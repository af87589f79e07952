using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>Servers' certificates, good ones and bad ones, and the verdict on them.</summary>
internal static class CertificateTable
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;

    private const SslProtocols Always = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>s2n's names on TLS 1.3 and on TLS 1.2.</summary>
    private static readonly string[] s_weak = ["S2N_ERR_CERT_UNTRUSTED", "S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT"];

    /// <summary>The root that the judges trust.</summary>
    internal static X509Certificate2 Root { get; } = Authority("Table Root");

    private static readonly X509Certificate2 s_intermediate = Authority("Intermediate", Root);
    private static readonly X509Certificate2 s_weakIntermediate = Authority("Weak Intermediate", Root, sha1: true);
    private static readonly X509Certificate2 s_constrained = Authority("Constrained", Root, permittedDomain: "example.com");

    private static readonly X509Certificate2 s_constrainedRoot = Authority("Constrained Root", permittedDomain: "example.com");
    private static readonly X509Certificate2 s_shortRoot = Authority("Short Root", pathLength: 0);
    private static readonly X509Certificate2 s_belowShortRoot = Authority("Below Short Root", s_shortRoot);
    private static readonly X509Certificate2 s_shortRootsNewKey = Authority("Short Root", s_shortRoot, namesIssuersKey: true);
    private static readonly X509Certificate2 s_belowNewKey = Authority("Below New Key", s_shortRootsNewKey, namesIssuersKey: true);
    private static readonly X509Certificate2 s_rolled = Authority("Rolled Root");
    private static readonly X509Certificate2 s_shortNewKey = Authority("Rolled Root", s_rolled, pathLength: 0, namesIssuersKey: true);
    private static readonly X509Certificate2 s_belowShortNewKey = Authority("Below Short New Key", s_shortNewKey, namesIssuersKey: true);
    private static readonly X509Certificate2 s_short = Authority("Short", Root, pathLength: 0);
    private static readonly X509Certificate2 s_belowShort = Authority("Below Short", s_short);
    private static readonly X509Certificate2 s_clientsRoot = Authority("Root for Clients", usage: ClientAuthentication);
    private static readonly X509Certificate2 s_anyRoot = Authority("Root for Any", usage: "2.5.29.37.0");
    private static readonly X509Certificate2 s_serversRoot = Authority("Root for Servers", usage: ServerAuthentication);
    private static readonly X509Certificate2 s_bareRoot = Authority("Bare Root", basicConstraints: false);
    private static readonly X509Certificate2 s_unsigningRoot = Authority("Unsigning Root", keyUsage: X509KeyUsageFlags.DigitalSignature);

    internal static readonly Dictionary<string, Row> Rows = new()
    {
        ["good"] = new(() => Leaf(Root)),
        ["expired"] = new(() => Leaf(Root, notBefore: s_now.AddDays(-4), notAfter: s_now.AddDays(-1)), Error: "S2N_ERR_CERT_EXPIRED"),
        ["not yet valid"] = new(() => Leaf(Root, notBefore: s_now.AddDays(1)), Error: "S2N_ERR_CERT_NOT_YET_VALID"),
        ["wrong host"] = new(() => Leaf(Root, ["other.example"], []), Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["wildcard"] = new(() => Leaf(Root, ["*.example.com"]), "www.example.com"),
        ["wildcard for a label that is no host's"] = new(() => Leaf(Root, ["*.example.com"]), "a_b.example.com", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["wildcard too deep"] = new(() => Leaf(Root, ["*.example.com"]), "a.b.example.com", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["wildcard inside a label"] = new(() => Leaf(Root, ["w*.example.com"]), "www.example.com", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["wildcard over a top-level domain"] = new(() => Leaf(Root, ["*.com"]), "example.com", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["IP address in SAN"] = new(() => Leaf(Root), "127.0.0.1"),
        ["IPv6 address in SAN"] = new(() => Leaf(Root, addresses: [IPAddress.IPv6Loopback]), "::1"),
        ["another IP address in SAN"] = new(() => Leaf(Root), "127.0.0.2", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["IP address as a DNS name in SAN"] = new(() => Leaf(Root, ["127.0.0.1"], []), "127.0.0.1", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["IP address as a number in a DNS name"] = new(() => Leaf(Root, ["2130706433"], []), "127.0.0.1", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["IP address in hexadecimal digits in a DNS name"] = new(() => Leaf(Root, ["0x7f.1"], []), "127.0.0.1", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["IPv6 address as a DNS name in SAN"] = new(() => Leaf(Root, ["::1"], []), "::1", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["IPv4 address as an IPv6 one in SAN"] = new(() => Leaf(Root, [], [IPAddress.Parse("::ffff:127.0.0.1")]), "127.0.0.1", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["short IP address in CN"] = new(() => Leaf(Root, [], [], subject: "CN=127.1"), "127.0.0.1", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["IP address in hexadecimal digits in CN"] = new(() => Leaf(Root, [], [], subject: "CN=0x7f.1"), "127.0.0.1", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["IP address as a URI in SAN"] = new(() => Leaf(Root, [], [], uri: "127.0.0.1"), "127.0.0.1", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["DNS name as a URI in SAN"] = new(() => Leaf(Root, [], [], uri: "victim.test"), "victim.test", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["host with a dot at its end, IP address in SAN"] = new(() => Leaf(Root), "127.0.0.1."),
        ["host with a dot at its end, IP address as a DNS name"] = new(() => Leaf(Root, ["127.0.0.1"], []), "127.0.0.1.", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["host that is an address as a number"] = new(() => Leaf(Root), "2130706433"),
        ["host that is an address as a number, and a DNS name"] = new(() => Leaf(Root, ["2130706433"], []), "2130706433", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["host that is an address in brackets"] = new(() => Leaf(Root, addresses: [IPAddress.IPv6Loopback]), "[::1]"),
        ["host that is an IPv4 address as an IPv6 one"] = new(() => Leaf(Root), "::ffff:127.0.0.1", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["IP address in CN only"] = new(() => Leaf(Root, [], [], subject: "CN=127.0.0.1"), "127.0.0.1", Error: "S2N_ERR_CERT_INVALID_HOSTNAME", ErrorsByS2n: ["S2N_ERR_CERT_UNTRUSTED"], SslStreamDiffers: Always),
        ["DNS name in CN, IP address in SAN"] = new(() => Leaf(Root, [], subject: "CN=localhost"), Error: "S2N_ERR_CERT_INVALID_HOSTNAME", SslStreamDiffers: Always),
        ["DNS name in CN, URI in SAN"] = new(() => Leaf(Root, [], [], subject: "CN=localhost", uri: "spiffe://example.com/server"), Error: "S2N_ERR_CERT_INVALID_HOSTNAME", SslStreamDiffers: Always),
        ["DNS name in CN only"] = new(() => Leaf(Root, [], [], subject: "CN=localhost")),
        ["wildcard in CN only"] = new(() => Leaf(Root, [], [], subject: "CN=*.example.com"), "www.example.com"),
        ["DNS name in CN, another in SAN"] = new(() => Leaf(Root, ["other.example"], subject: "CN=localhost"), Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["several CNs"] = new(() => Leaf(Root, [], [], subject: "CN=localhost, CN=other.example")),
        ["names that cannot be decoded"] = new(() => Leaf(Root, brokenNames: true), Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["no name at all"] = new(() => Leaf(Root, [], [], subject: "O=Nobody"), Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["no target host"] = new(() => Leaf(Root), "", Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["self-signed"] = new(() => Leaf(null), Error: "S2N_ERR_CERT_UNTRUSTED"),
        ["unknown CA"] = new(() => Leaf(Authority("Stranger")), Error: "S2N_ERR_CERT_UNTRUSTED"),
        ["missing intermediate"] = new(() => Leaf(s_intermediate), Error: "S2N_ERR_CERT_UNTRUSTED"),
        ["intermediate sent"] = new(() => Leaf(s_intermediate), Intermediates: [s_intermediate]),
        ["intermediate and root sent"] = new(() => Leaf(s_intermediate), Intermediates: [s_intermediate, Root]),
        ["leaf as issuer"] = new(() => Leaf(Leaf(Root, subject: "CN=no authority"), subject: "CN=below"), Error: "S2N_ERR_CERT_UNTRUSTED"),
        ["EKU of clients"] = new(() => Leaf(Root, usage: ClientAuthentication), Error: "S2N_ERR_CERT_INTENT_INVALID"),
        ["EKU any"] = new(() => Leaf(Root, usage: "2.5.29.37.0"), Error: "S2N_ERR_CERT_INTENT_INVALID", SslStream11Differs: true),
        ["no EKU"] = new(() => Leaf(Root, usage: null)),
        ["key usage of a CA only"] = new(() => Leaf(Root, keyUsage: X509KeyUsageFlags.KeyCertSign), Error: "S2N_ERR_CERT_INTENT_INVALID", SslStreamDiffers: SslProtocols.Tls13),
        ["key usage of encipherment only"] = new(() => Leaf(Root, keyUsage: X509KeyUsageFlags.KeyEncipherment), SslStreamDiffers: SslProtocols.Tls12),
        ["CA certificate as leaf"] = new(() => Leaf(Root, isAuthority: true, keyUsage: X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign)),
        ["RSA 1024"] = new(() => Leaf(Root, key: RSA.Create(1024))),
        ["RSA 2048"] = new(() => Leaf(Root, key: RSA.Create(2048))),
        ["SHA-1 signature"] = new(() => Leaf(Root, sha1: true), Error: "S2N_ERR_CERT_UNTRUSTED", ErrorsByS2n: s_weak, SslStreamDiffers: Always),
        ["SHA-1 signature on intermediate"] = new(() => Leaf(s_weakIntermediate), Intermediates: [s_weakIntermediate], Error: "S2N_ERR_CERT_UNTRUSTED", ErrorsByS2n: s_weak, SslStreamDiffers: Always),
        ["name constraints kept"] = new(() => Leaf(s_constrained, ["www.example.com"], []), "www.example.com", [s_constrained]),
        ["name constraints kept by a DNS name, the host a URI"] = new(() => Leaf(s_constrained, ["a.example.com"], [], uri: "victim.test"), "victim.test", [s_constrained], Error: "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["name constraints of the root violated"] = new(() => Leaf(s_constrainedRoot), Error: "S2N_ERR_CERT_UNTRUSTED", Anchor: s_constrainedRoot),
        ["path length 0 of the root, no intermediate"] = new(() => Leaf(s_shortRoot), Anchor: s_shortRoot),
        ["path length 0 of the root, an intermediate"] = new(() => Leaf(s_belowShortRoot), Intermediates: [s_belowShortRoot], Error: "S2N_ERR_CERT_UNTRUSTED", Anchor: s_shortRoot),
        ["path length 0 of the root, its own new key"] = new(() => Leaf(s_shortRootsNewKey, namesIssuersKey: true), Intermediates: [s_shortRootsNewKey], Anchor: s_shortRoot),
        ["path length 0 of the root, an intermediate below its own new key"] = new(() => Leaf(s_belowNewKey), Intermediates: [s_belowNewKey, s_shortRootsNewKey], Error: "S2N_ERR_CERT_UNTRUSTED", Anchor: s_shortRoot),
        ["path length 0 of a root's new key, an intermediate"] = new(() => Leaf(s_belowShortNewKey), Intermediates: [s_belowShortNewKey, s_shortNewKey], Error: "S2N_ERR_CERT_UNTRUSTED", Anchor: s_rolled),
        ["path length 0 of an intermediate, another below"] = new(() => Leaf(s_belowShort), Intermediates: [s_belowShort, s_short], Error: "S2N_ERR_CERT_UNTRUSTED"),
        ["path length 0 of an intermediate"] = new(() => Leaf(s_short), Intermediates: [s_short]),
        ["path length 0 of the issuer, CA certificate as leaf"] = new(() => Leaf(s_shortRoot, isAuthority: true, keyUsage: X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign), Anchor: s_shortRoot),
        ["root for clients"] = new(() => Leaf(s_clientsRoot), Error: "S2N_ERR_CERT_INTENT_INVALID", Anchor: s_clientsRoot),
        ["root for any purpose"] = new(() => Leaf(s_anyRoot), Error: "S2N_ERR_CERT_INTENT_INVALID", Anchor: s_anyRoot, SslStream11Differs: true),
        ["root for servers"] = new(() => Leaf(s_serversRoot), Anchor: s_serversRoot),
        ["root without basic constraints"] = new(() => Leaf(s_bareRoot), Error: "S2N_ERR_CERT_UNTRUSTED", Anchor: s_bareRoot, SslStreamDiffers: Always),
        ["root whose key is not for certificates"] = new(() => Leaf(s_unsigningRoot), Error: "S2N_ERR_CERT_UNTRUSTED", Anchor: s_unsigningRoot),
        ["self-signed and trusted"] = Trusted(Leaf(null)),
        ["self-signed and trusted, key usage of a CA only"] = Trusted(Leaf(null, keyUsage: X509KeyUsageFlags.KeyCertSign)) with { Error = "S2N_ERR_CERT_INTENT_INVALID", SslStreamDiffers = SslProtocols.Tls13 },
        ["self-signed and trusted, EKU of clients"] = Trusted(Leaf(null, usage: ClientAuthentication)) with { Error = "S2N_ERR_CERT_INTENT_INVALID" },
        ["self-signed and trusted, expired"] = Trusted(Leaf(null, notBefore: s_now.AddDays(-4), notAfter: s_now.AddDays(-1))) with { Error = "S2N_ERR_CERT_EXPIRED" },
        ["name constraints violated"] = new(() => Leaf(s_constrained, ["localhost"], []), Intermediates: [s_constrained], Error: "S2N_ERR_CERT_UNTRUSTED"),
    };

    internal static (X509Certificate2 Leaf, X509Certificate2Collection Intermediates) Chain(int length, int padding = 0)
    {
        X509Certificate2 issuer = Root;
        var intermediates = new X509Certificate2Collection();
        for (int i = 0; i < length; i++)
        {
            issuer = Authority($"Intermediate {i}", issuer);
            intermediates.Insert(0, issuer);
        }

        return (Leaf(issuer, padding: padding), intermediates);
    }

    /// <param name="Issue">Makes the server's certificate.</param>
    /// <param name="Host">The client's target host.</param>
    /// <param name="Intermediates">What the server sends besides.</param>
    /// <param name="Error">By which error it is refused; null where it is good.</param>
    /// <param name="ErrorsByS2n">What s2n calls it, where that is something else.</param>
    /// <param name="SslStreamDiffers">On which protocols SslStream's verdict is another; OpenSSL looks at the key usage on TLS 1.2 only.</param>
    /// <param name="Anchor">The root that the judges trust; null for <see cref="Root"/>.</param>
    /// <param name="SslStream11Differs">Whether the verdict of .NET 11's SslStream is another.</param>
    internal sealed record Row(
        Func<X509Certificate2> Issue, string Host = "localhost", X509Certificate2Collection? Intermediates = null, string? Error = null, string[]? ErrorsByS2n = null, SslProtocols SslStreamDiffers = SslProtocols.None, X509Certificate2? Anchor = null,
        bool SslStream11Differs = false);

    /// <summary>A certificate that is its own root.</summary>
    private static Row Trusted(X509Certificate2 certificate) => new(() => X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null, X509KeyStorageFlags.Exportable), Anchor: certificate);
}
