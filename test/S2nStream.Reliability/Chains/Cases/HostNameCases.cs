using System.Formats.Asn1;
using S2nTls.Reliability.Chains.Making;
using static S2nTls.Reliability.Chains.Cases.Expected;
using static S2nTls.Reliability.Chains.Making.GeneralName;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Which names a host's certificate may have.</summary>
internal static class HostNameCases
{
    /// <summary>Whom the chains are for.</summary>
    private const string HostName = "www.example.com";

    private const string Types = "RFC 9110 §4.3.4, RFC 6125 §6.4: a host name is compared with DNS names only, an address with iPAddress entries only";
    private const string Wildcards = "RFC 6125 §6.4.3: a wildcard is the whole first label, and stands for one label";
    private const string CommonName = "RFC 6125 §6.4.4: a common name counts at most where there are no names of the host's types";
    private const string Syntax = "RFC 5280 §4.2.1.6: a DNS name is in the preferred name syntax, and ASCII";

    internal static readonly NamedCase[] All =
    [
        Of("the right name", Types, Accepted, Dns("www.example.com")),
        Of("the right name, last of three", Types, Accepted, Dns("a.example"), Address("127.0.0.1"), Dns("www.example.com")),
        Of("another name", Types, Refused, Dns("www.example2.com")),
        Of("a sibling's name", Types, Refused, Dns("def.example.com")),
        Of("the name of the domain above", Types, Refused, Dns("example.com")),
        Of("the name of a domain below", Types, Refused, Dns("a.www.example.com")),
        Of("the right name in capitals", "RFC 4343 §3: names are compared without case", Accepted, Dns("WWW.EXAMPLE.COM")),
        Of("a host in capitals", "RFC 4343 §3: names are compared without case", Accepted, "WWW.Example.COM", Dns("www.example.com")),
        Of("a host with the dot of a full name", "RFC 6066 §3: the name goes without the dot", Accepted, "www.example.com.", Dns("www.example.com")),
        Of("a name with the dot of a full name", Syntax, Either, Dns("www.example.com.")),
        Of("an international host", "RFC 5280 §7.2: such names are A-labels", Accepted, "bücher.example", Dns("xn--bcher-kva.example")),
        Of("an international name in UTF-8", "RFC 5280 §7.2: such names are A-labels", Refused, "bücher.example", new GeneralName(GeneralNameKind.Dns, System.Text.Encoding.UTF8.GetBytes("bücher.example"))),
        Of("an international name in Latin-1", "RFC 5280 §7.2: such names are A-labels", Refused, "bücher.example", Dns("b\u00fccher.example")),
        Of("a name with a NUL behind the right one", Syntax, Refused, Dns("www.example.com\0.evil.test")),
        Of("a name that ends with a NUL", Syntax, Refused, Dns("www.example.com\0")),
        Of("a name with a NUL before the right one", Syntax, Refused, Dns("evil.test\0www.example.com")),
        Of("a name that begins with a dot", Syntax, Refused, Dns(".example.com")),
        Of("a name with an empty label", Syntax, Refused, Dns("www..example.com")),
        Of("an empty name", Syntax, Refused, Dns("")),
        Of("a name with a space behind it", Syntax, Refused, Dns("www.example.com ")),
        Of("a name with a port", Syntax, Refused, Dns("www.example.com:443")),
        Of("an underscore in name and host", Syntax, Either, "a_b.example.com", Dns("a_b.example.com")),
        Of("a URI that is the host's name", Types, Refused, Uri("www.example.com")),
        Of("a URI of the host", Types, Refused, Uri($"https://{HostName}/")),
        Of("a constrained authority's DNS name, and a URI that is the host's name", Types, Refused, "victim.test", Dns("a.corp.test"), Uri("victim.test")),
        Of("an e-mail address at the host", Types, Refused, Email("admin@www.example.com")),
        Of("an e-mail entry that is the host's name", Types, Refused, Email("www.example.com")),
        Of("a directory name that is the host's", Types, Refused, Directory(DirectoryName.Common("www.example.com"))),
        Of("another name that is the host's", Types, Refused, Other("1.3.6.1.4.1.311.20.2.3", "www.example.com")),
        Of("a wildcard", Wildcards, Accepted, Dns("*.example.com")),
        Of("a wildcard and a label with an underscore", Syntax + "; a wildcard stands for such a label", Refused, "a_b.example.com", Dns("*.example.com")),
        Of("a wildcard and an A-label", Wildcards, Accepted, "xn--bcher-kva.example.com", Dns("*.example.com")),
        Of("a wildcard in capitals", Wildcards, Accepted, Dns("*.EXAMPLE.COM")),
        Of("a wildcard and two labels", Wildcards, Refused, "a.b.example.com", Dns("*.example.com")),
        Of("a wildcard and the bare domain", Wildcards, Refused, "example.com", Dns("*.example.com")),
        Of("a wildcard in a label", Wildcards, Refused, Dns("w*.example.com")),
        Of("a wildcard at a label's end and its start", Wildcards, Refused, Dns("*w.example.com")),
        Of("a wildcard in an A-label", Wildcards, Refused, "xn--bliss-1b3c148a.example.com", Dns("xn--*-1b3c148a.example.com")),
        Of("a wildcard in the second label", Wildcards, Refused, Dns("www.*.com")),
        Of("two wildcards", Wildcards, Refused, Dns("*.*.com")),
        Of("a wildcard of a top-level domain", Wildcards, Refused, "example.com", Dns("*.com")),
        Of("a wildcard alone", Wildcards, Refused, "localhost", Dns("*")),
        Of("a wildcard that is the last label", Wildcards, Refused, "www.example.com", Dns("www.example.*")),
        Of("a wildcard of a public suffix of two labels", "RFC 6125 §7.2: nobody can tell from the name; the list of public suffixes is not consulted", Either, "example.co.uk", Dns("*.co.uk")),
        Of("an address", Types, Accepted, "127.0.0.1", Address("127.0.0.1")),
        Of("an IPv6 address", Types, Accepted, "2001:db8::1", Address("2001:db8::1")),
        Of("another address", Types, Refused, "127.0.0.1", Address("127.0.0.2")),
        Of("an address as a DNS name", Types, Refused, "127.0.0.1", Dns("127.0.0.1")),
        Of("an address as a number in a DNS name", Types, Refused, "127.0.0.1", Dns("2130706433")),
        Of("an address in hexadecimal in a DNS name", Types, Refused, "127.0.0.1", Dns("0x7f.1")),
        Of("an address in short in a DNS name", Types, Refused, "127.0.0.1", Dns("127.1")),
        Of("an IPv6 address as a DNS name", Types, Refused, "::1", Dns("::1")),
        Of("an address as a URI", Types, Refused, "127.0.0.1", Uri("127.0.0.1")),
        Of("an address in a URI", Types, Refused, "127.0.0.1", Uri("https://127.0.0.1/")),
        Of("an IPv4 address mapped into IPv6", Types, Refused, "127.0.0.1", Address([.. new byte[10], 0xFF, 0xFF, 127, 0, 0, 1])),
        Of("an iPAddress entry that is a range", "RFC 5280 §4.2.1.6: four octets or sixteen", Refused, "192.0.2.0", Address(192, 0, 2, 0, 255, 255, 255, 0)),
        Of("an iPAddress entry that is a name", Types, Refused, Address([.. "www.example.com"u8])),
        Of("a wildcard for an address", Wildcards, Refused, "127.0.0.1", Dns("*.0.0.1")),
        Named("a common name and no alternative names", CommonName, Either, "www.example.com", DirectoryName.Common("www.example.com"), null),
        Named("a common name of a wildcard and no alternative names", CommonName, Either, "www.example.com", DirectoryName.Common("*.example.com"), null),
        Named("a common name beside another DNS name", CommonName, Refused, "www.example.com", DirectoryName.Common("www.example.com"), [Dns("other.example")]),
        Named("a common name beside an address", CommonName, Refused, "www.example.com", DirectoryName.Common("www.example.com"), [Address("192.0.2.1")]),
        Named("a common name beside a URI", CommonName, Refused, "www.example.com", DirectoryName.Common("www.example.com"), [Uri("spiffe://example.com/x")]),
        Named("a common name beside an e-mail address", CommonName, Either, "www.example.com", DirectoryName.Common("www.example.com"), [Email("admin@example.com")]),
        Named("a common name with a NUL", CommonName, Refused, "www.example.com", DirectoryName.Common("www.example.com\0.evil.test"), null),
        Named("an address as common name", CommonName, Refused, "127.0.0.1", DirectoryName.Common("127.0.0.1"), null),
        Named("an address in short as common name", CommonName, Refused, "127.0.0.1", DirectoryName.Common("127.1"), null),
        Named("an address in hexadecimal as common name", CommonName, Refused, "127.0.0.1", DirectoryName.Common("0x7f.1"), null),
        Named("the right one of two common names first", CommonName, Either, "www.example.com", DirectoryName.Of(new(NameAttribute.CommonName, "www.example.com"), new(NameAttribute.CommonName, "other.example")), null),
        Named("the right one of two common names last", CommonName, Either, "www.example.com", DirectoryName.Of(new(NameAttribute.CommonName, "other.example"), new(NameAttribute.CommonName, "www.example.com")), null),
        Named("a common name beside another attribute in one relative name", CommonName, Either, "www.example.com", new DirectoryName([[new(NameAttribute.CommonName, "www.example.com"), new(NameAttribute.Organization, "Chains")]]), null),
        Named("a common name in BMPString", CommonName, Either, "www.example.com", DirectoryName.Common("www.example.com", UniversalTagNumber.BMPString), null),
        Named("a common name in TeletexString", CommonName, Either, "www.example.com", DirectoryName.Common("www.example.com", UniversalTagNumber.TeletexString), null),
        Named("a common name in IA5String", CommonName, Either, "www.example.com", DirectoryName.Common("www.example.com", UniversalTagNumber.IA5String), null),
        Named("no name at all", Types, Refused, "www.example.com", DirectoryName.Of(new NameAttribute(NameAttribute.Organization, "Nobody")), null),
        Named("an empty list of names", "RFC 5280 §4.2.1.6: the list has one entry at least", Refused, "www.example.com", DirectoryName.Common("www.example.org"), []),
        new("an empty subject and critical names", "RFC 5280 §4.1.2.6: then the names are critical", Accepted, 1, (chain, _) => (chain.Leaf.Subject, chain.Leaf.HasCriticalNames) = (DirectoryName.Empty, true)),
        new("an empty subject and names that are not critical", "RFC 5280 §4.1.2.6: then the names are critical", Either, 1, (chain, _) => chain.Leaf.Subject = DirectoryName.Empty),
        new("a subject and critical names", "RFC 5280 §4.2.1.6: then the names should not be critical", Either, 1, (chain, _) => chain.Leaf.HasCriticalNames = true),
        new("names that are text and not DER", "RFC 5280 §4.2.1.6: a sequence of general names", Refused, 1, (chain, _) => chain.Leaf.Values[Extension.SubjectAlternativeName] = [.. "www.example.com"u8]),
        new("names that are cut off", "RFC 5280 §4.2.1.6: a sequence of general names", Refused, 1, (chain, _) => chain.Leaf.Values[Extension.SubjectAlternativeName] = [0x30, 0x20, 0x82, 0x01]),
    ];

    private static NamedCase Of(string name, string decides, Expected expected, params GeneralName[] names) => Of(name, decides, expected, "www.example.com", names);

    private static NamedCase Of(string name, string decides, Expected expected, string host, params GeneralName[] names) =>
        new($"name: {name}", decides, expected, 1, (chain, _) => (chain.Host, chain.Leaf.Names) = (host, names));

    private static NamedCase Named(string name, string decides, Expected expected, string host, DirectoryName subject, GeneralName[]? names) =>
        new($"name: {name}", decides, expected, 1, (chain, _) => (chain.Host, chain.Leaf.Subject, chain.Leaf.Names) = (host, subject, names));
}
