using System.Formats.Asn1;
using System.Net;
using System.Text;
using S2nTls.Reliability.Chains.Making;
using static S2nTls.Reliability.Chains.Making.GeneralName;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Names of every type and spelling, of a host and of others.</summary>
internal static class NameSpellings
{
    /// <summary>Hosts that clients want.</summary>
    internal static readonly string[] Hosts =
    [
        "www.example.com", "www.example.com", "www.example.com", "www.example.com", "example.com", "a.b.example.com", "localhost", "victim.test", "xn--bcher-kva.example",
        "WWW.Example.COM", "www.example.com.", "a_b.example.com", "1.2.3.4.example.com", "127.0.0.1", "127.0.0.1", "10.1.2.3", "::1", "2001:db8::1", "127.1", "2130706433", "0x7f.1",
    ];

    private const string UserPrincipalName = "1.3.6.1.4.1.311.20.2.3";

    private static readonly UniversalTagNumber[] s_stringTypes =
    [
        UniversalTagNumber.UTF8String, UniversalTagNumber.PrintableString, UniversalTagNumber.IA5String, UniversalTagNumber.TeletexString,
        UniversalTagNumber.BMPString, UniversalTagNumber.UniversalString, UniversalTagNumber.NumericString, UniversalTagNumber.VisibleString,
    ];

    internal static bool IsAddress(string host) => IPAddress.TryParse(host, out _);

    /// <summary>Alternative names that somebody might take for the host, or not.</summary>
    internal static GeneralName[] Alternatives(Random random, string host)
    {
        GeneralName right = GoodChain.NameOf(host);
        GeneralName odd = IsAddress(host) ? OddForAddress(random, host) : OddForName(random, GoodChain.BareName(host));
        return random.Next(6) switch
        {
            0 => [odd, Dns("other.example")],
            1 => [Dns("other.example"), odd],
            2 => [odd, right],
            _ => [odd],
        };
    }

    internal static GeneralName OddForName(Random random, string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string rest = dot < 0 ? name : name[(dot + 1)..];
        string first = dot < 0 ? name : name[..dot];
        return random.Pick<Func<GeneralName>>(
            () => Dns("*." + rest), () => Dns("*." + rest), () => Dns("*." + name), () => Dns(first[..1] + "*." + rest), () => Dns("*" + first[^1..] + "." + rest), () => Dns(first[..1] + "*" + first[^1..] + "." + rest),
            () => Dns("*" + name), () => Dns("**." + rest), () => Dns("*.*." + rest), () => Dns("*"), () => Dns("*."), () => Dns("*.com"), () => Dns("*.test"), () => Dns("*.*"),
            () => Dns(first + ".*.com"), () => Dns(first + ".*"), () => Dns("*." + rest + "."), () => Dns("*.." + rest), () => Dns(".*." + rest), () => Dns("xn--*." + rest), () => Dns("*-." + rest), () => Dns("*.WWW." + rest.ToUpperInvariant()), () => Dns("*." + rest.ToUpperInvariant()),
            () => Dns(name.ToUpperInvariant()), () => Dns(name + "."), () => Dns(name + ".."), () => Dns("." + name), () => Dns("." + rest), () => Dns(rest), () => Dns("www." + name), () => Dns(""), () => Dns("."),
            () => Dns(name + "\0"), () => Dns(name + "\0.evil.test"), () => Dns("evil.test\0" + name), () => Dns("\0" + name), () => Dns("*." + rest + "\0"),
            () => Dns(" " + name), () => Dns(name + " "), () => Dns(name + "\n"), () => Dns(name.Replace(".", "..", StringComparison.Ordinal)), () => Dns(name.Replace('.', '\u00b7')), () => Dns(name + ":443"), () => Dns("https://" + name), () => Dns(name + "/"), () => Dns("-" + name), () => Dns(name + "-"), () => Dns("a_b." + rest),
            () => new GeneralName(GeneralNameKind.Dns, Encoding.UTF8.GetBytes("bücher.example")), () => Dns("b\u00fccher.example"), () => Dns("xn--bcher-kva.example"), () => Dns("XN--BCHER-KVA.example"), () => Dns("xn--bcher-kva.*"), () => new GeneralName(GeneralNameKind.Dns, Encoding.UTF8.GetBytes("。" + name)), () => new GeneralName(GeneralNameKind.Dns, [0xFF, 0xFE, .. Encoding.ASCII.GetBytes(name)]),
            () => Uri(name), () => Uri(name), () => Uri("https://" + name + "/"), () => Uri("https://" + name), () => Uri("https://" + name + ":443/"), () => Uri("spiffe://" + name + "/server"), () => Uri("*." + rest), () => Uri(""), () => Uri("urn:example:" + name),
            () => Email(name), () => Email("admin@" + name), () => Email("*@" + rest), () => Email(""),
            () => Directory(DirectoryName.Common(name)), () => Directory(DirectoryName.Empty), () => Other(UserPrincipalName, name), () => Other("1.3.6.1.5.5.7.8.7", "_https." + name), () => RegisteredId("1.2.3.4.5"),
            () => Address(Encoding.ASCII.GetBytes(name)), () => Address(Encoding.ASCII.GetBytes(name.PadRight(4)[..4])), () => Address(), () => Address("127.0.0.1"), () => Address("::1"),
            () => Dns(new string('a', 64) + "." + rest), () => Dns(string.Join('.', Enumerable.Repeat("abcdefgh", 40)) + "." + name), () => Dns(new string('x', 300)))();
    }

    internal static GeneralName OddForAddress(Random random, string host)
    {
        string text = host;
        byte[] bytes = IPAddress.Parse(host).GetAddressBytes();
        string dotted = new IPAddress(bytes).ToString();
        return random.Pick<Func<GeneralName>>(
            () => Dns(text), () => Dns(dotted), () => Dns("2130706433"), () => Dns("0x7f.1"), () => Dns("127.1"), () => Dns("0177.0.0.1"), () => Dns("127.0.0.1."), () => Dns("[::1]"), () => Dns("::1"), () => Dns("0:0:0:0:0:0:0:1"), () => Dns("::ffff:127.0.0.1"), () => Dns("*.0.0.1"), () => Dns("*"), () => Dns("localhost"), () => Dns("127.0.0.1 "), () => Dns("127.0.0.1\0"),
            () => Dns("1.0.0.127.in-addr.arpa"),
            () => Uri(text), () => Uri(dotted), () => Uri("https://" + dotted + "/"), () => Uri("2130706433"), () => Email(dotted), () => Email("a@[" + dotted + "]"), () => Directory(DirectoryName.Common(dotted)), () => Other(UserPrincipalName, dotted),
            () => Address([.. new byte[10], 0xFF, 0xFF, .. bytes[..4]]), () => Address([.. new byte[12], .. bytes[..4]]), () => Address([.. bytes, 0xFF, 0xFF, 0xFF, 0xFF]), () => Address([.. bytes, .. bytes]), () => Address(bytes[..3]), () => Address([.. bytes, 0]), () => Address(), () => Address(Encoding.ASCII.GetBytes(dotted)),
            () => Address("127.0.0.2"), () => Address("10.0.0.1"), () => Address("::1"), () => Address("0.0.0.0"), () => Address("::"))();
    }

    /// <summary>A subject whose common names are the host, or look like it.</summary>
    internal static DirectoryName Subject(Random random, string host)
    {
        string name = host.TrimEnd('.');
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string wildcard = dot < 0 ? "*" : "*" + name[dot..];
        var right = new NameAttribute(NameAttribute.CommonName, name);
        var wrong = new NameAttribute(NameAttribute.CommonName, "other.example");
        var organization = new NameAttribute(NameAttribute.Organization, name);
        return random.Pick<Func<DirectoryName>>(
            () => DirectoryName.Of(right), () => DirectoryName.Of(right), () => DirectoryName.Of(right with { StringType = random.Pick(s_stringTypes) }), () => DirectoryName.Of(right with { StringType = random.Pick(s_stringTypes) }),
            () => DirectoryName.Of(right with { Value = name.ToUpperInvariant() }), () => DirectoryName.Of(right with { Value = wildcard }), () => DirectoryName.Of(right with { Value = name + "." }),
            () => DirectoryName.Of(right, wrong), () => DirectoryName.Of(wrong, right), () => new DirectoryName([[right, wrong]]), () => new DirectoryName([[right, organization]]), () => new DirectoryName([[wrong, organization], [right]]),
            () => new DirectoryName([[right], [wrong, organization]]),
            () => DirectoryName.Of(organization), () => DirectoryName.Of(right with { Value = "" }), () => DirectoryName.Of(right, wrong with { Value = "" }), () => DirectoryName.Of(right with { Value = name + "\0.evil.test" }), () => DirectoryName.Of(right with { Value = name + "\0" }), () => DirectoryName.Of(right with { Value = "evil\0" + name }),
            () => DirectoryName.Of(right with { Value = " " + name }), () => DirectoryName.Of(right with { Value = name + " " }), () => DirectoryName.Of(right with { Value = new string('a', 63) + ".example.com" }), () => DirectoryName.Of(right with { Value = new string('a', 254) }), () => DirectoryName.Of(right with { Value = new string('a', 300) }),
            () => DirectoryName.Of(right with { Value = "bücher.example" }), () => DirectoryName.Of(right with { Value = "127.0.0.1" }), () => DirectoryName.Of(right with { Value = "127.1" }), () => DirectoryName.Of(right with { Value = "0x7f.1" }), () => DirectoryName.Of(right with { Value = "2130706433" }), () => DirectoryName.Of(right with { Value = "::1" }),
            () => DirectoryName.Of(new NameAttribute(NameAttribute.DomainComponent, "com", UniversalTagNumber.IA5String), new NameAttribute(NameAttribute.DomainComponent, "example", UniversalTagNumber.IA5String), new NameAttribute(NameAttribute.DomainComponent, "www", UniversalTagNumber.IA5String)),
            () => DirectoryName.Of(new NameAttribute(NameAttribute.Email, "admin@" + name, UniversalTagNumber.IA5String)),
            () => DirectoryName.Of(right with { Value = "https://" + name }), () => DirectoryName.Of(right with { Value = "Some Server" }),
            () => DirectoryName.Empty)();
    }
}
