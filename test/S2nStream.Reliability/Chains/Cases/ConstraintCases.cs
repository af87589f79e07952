using S2nTls.Reliability.Chains.Making;
using static S2nTls.Reliability.Chains.Cases.Expected;
using static S2nTls.Reliability.Chains.Making.GeneralName;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Name constraints (RFC 5280 §4.2.1.10, §6.1.3 b and c, §6.1.4 g).</summary>
internal static class ConstraintCases
{
    /// <summary>Whom the chains are for.</summary>
    private const string HostName = "www.example.com";

    private const string Kept = "RFC 5280 §6.1.3 b: each name of a constrained type is within a permitted subtree";
    private const string NotExcluded = "RFC 5280 §6.1.3 c: no name is within an excluded subtree";
    private const string OtherTypes = "RFC 5280 §4.2.1.10: a constraint binds names of its own type only";
    private const string Roots = "RFC 5280 §6.1.1 d, §6.2: an anchor's own limits may be part of what is put in";

    internal static readonly NamedCase[] All =
    [
        .. At("an intermediate", chain => chain.Path[1], Refused), .. At("the root", chain => chain.Root, Refused),
        new("constraints: on a self-issued intermediate's names", "RFC 5280 §6.1.3 b: they do not count where the certificate is self-issued and not the last", Accepted, 1, (chain, keys) =>
        {
            chain.Path[1].Subject = chain.Root.Subject;
            chain.Path[1].Names = [Dns("not-example.com")];
            chain.Root.Constraints = new([Dns("example.com")], []);
        }),
        new("constraints: on a self-issued leaf's names", "RFC 5280 §6.1.3 b: they do count in the last certificate", Refused, 1, (chain, keys) =>
        {
            chain.Leaf.Subject = chain.Path[1].Subject;
            chain.Leaf.Names = [Dns("www.not-example.com")];
            chain.Host = "www.not-example.com";
            chain.Root.Constraints = new([Dns("example.com")], []);
        }),
        new("constraints: an intermediate's own name is excluded above", NotExcluded, Refused, 2, (chain, keys) =>
        {
            chain.Path[2].Constraints = new([], [Dns("forbidden.example.com")]);
            chain.Path[1].Names = [Dns("forbidden.example.com")];
        }),
        new("constraints: narrowed below, and the leaf outside", "RFC 5280 §6.1.4 g: permitted subtrees are intersected", Refused, 2, (chain, keys) =>
        {
            chain.Path[2].Constraints = new([Dns("www.example.com"), Dns("bar.example.com")], []);
            chain.Path[1].Constraints = new([Dns("bar.example.com")], []);
        }),
        new("constraints: widened below", "RFC 5280 §6.1.4 g: permitted subtrees are intersected", Refused, 2, (chain, keys) =>
        {
            chain.Path[2].Constraints = new([Dns("bar.example.com")], []);
            chain.Path[1].Constraints = new([Dns("www.example.com"), Dns("bar.example.com")], []);
        }),
        new("constraints: in a leaf, critical", "RFC 5280 §4.2.1.10: only in certificates of authorities", Either, 1, (chain, keys) => chain.Leaf.Constraints = new([Dns("example.com")], [])),
        new("constraints: in a leaf, not critical", "RFC 5280 §4.2.1.10: only in certificates of authorities", Either, 1, (chain, keys) => chain.Leaf.Constraints = new([Dns("example.com")], [], IsCritical: false)),
        new("constraints: a sub-authority for DNS names in its domain, with a URI for the victim", Kept, Refused, 1, (chain, keys) =>
        {
            chain.Path[1].Constraints = new([Dns("corp.test")], []);
            (chain.Leaf.Names, chain.Host) = ([Dns("a.corp.test"), Uri("victim.test")], "victim.test");
        }),
        new("constraints: a sub-authority for addresses of its network, with a DNS name for the victim's", Kept, Refused, 1, (chain, keys) =>
        {
            chain.Path[1].Constraints = new([Range("10.0.0.0", "255.0.0.0")], []);
            (chain.Leaf.Names, chain.Host) = ([Dns("127.0.0.1")], "127.0.0.1");
        }),
        new("constraints: a sub-authority for addresses of its network, with a common name for the victim's", Kept, Refused, 1, (chain, keys) =>
        {
            chain.Path[1].Constraints = new([Range("10.0.0.0", "255.0.0.0")], []);
            (chain.Leaf.Names, chain.Leaf.Subject, chain.Host) = (null, DirectoryName.Common("127.1"), "127.0.0.1");
        }),
        new("constraints: an intermediate whose common name is a host's outside", Kept, Either, 2, (chain, keys) =>
        {
            chain.Path[2].Constraints = new([Dns("example.com")], []);
            chain.Path[1].Subject = DirectoryName.Common("ca.other.test");
        }),
        new("constraints: an intermediate whose common name resembles a host's", "nobody's host is named so", Either, 2, (chain, keys) =>
        {
            chain.Path[2].Constraints = new([Dns("example.com")], []);
            chain.Path[1].Subject = DirectoryName.Common("other.test Issuing CA");
        }),
        new("constraints: an intermediate with a mailbox, below constraints that are none", "RFC 5280 §4.2.1.10: a mailbox, a host or a domain", Either, 2, (chain, keys) =>
        {
            chain.Path[2].Constraints = new([], [Email("a@b@example.com")]);
            chain.Path[1].Names = [Email("ca@example.com")];
        }),
        new("constraints: on addresses, and a common name that resembles a host's", "nobody's host is named so", Either, 1, (chain, keys) =>
        {
            chain.Path[1].Constraints = new([], [Range("10.0.0.0", "255.0.0.0")]);
            chain.Leaf.Subject = DirectoryName.Common("127.1 ");
            chain.Leaf.Names = chain.IsClients ? null : chain.Leaf.Names;
        }),
        new("constraints: a common name outside, and no alternative names", "RFC 5280 §4.2.1.10 binds alternative names; a verifier that takes the common name for a DNS name must constrain it too", Refused, 1, (chain, keys) =>
        {
            chain.Path[1].Constraints = new([Dns("corp.test")], []);
            (chain.Leaf.Names, chain.Leaf.Subject) = (null, DirectoryName.Common("www.example.com"));
        }),
    ];

    private static IEnumerable<NamedCase> At(string where, Func<ChainDraft, CertificateDraft> authority, Expected refused)
    {
        NamedCase Of(string name, string decides, Expected expected, NameConstraints constraints, params GeneralName[] names) =>
            new($"constraints of {where}: {name}", where == "the root" ? $"{decides}; {Roots}" : decides, expected == Refused ? refused : expected, 1, (chain, _) =>
            {
                authority(chain).Constraints = constraints;
                if (names.Length > 0)
                {
                    chain.Leaf.Names = names;
                }
            });

        return
        [
            Of("permitted DNS name, another", Kept, Refused, new([Dns("other.example")], [])),
            Of("permitted DNS name, the same", Kept, Accepted, new([Dns("www.example.com")], [])),
            Of("permitted DNS name, below", Kept, Accepted, new([Dns("example.com")], [])),
            Of("permitted DNS name, only the same ending", Kept, Refused, new([Dns("ample.com")], [])),
            Of("permitted DNS name in capitals", Kept, Accepted, new([Dns("EXAMPLE.com")], [])),
            Of("permitted DNS name that is empty", Kept, Accepted, new([Dns("")], [])),
            Of("permitted DNS name with a dot before it", "RFC 5280 §4.2.1.10: a DNS constraint has no dot before it", Either, new([Dns(".example.com")], [])),
            Of("permitted DNS name with a wildcard", "RFC 5280 §4.2.1.10: there are no wildcards in constraints", Either, new([Dns("*.example.com")], [])),
            Of("permitted DNS name, not critical", "RFC 5280 §4.2.1.10: authorities mark it critical; it is processed all the same", Accepted, new([Dns("example.com")], [], IsCritical: false)),
            Of("permitted DNS name not critical, another", Kept, Refused, new([Dns("other.example")], [], IsCritical: false)),
            Of("excluded DNS name, the same", NotExcluded, Refused, new([], [Dns("www.example.com")])),
            Of("excluded DNS name, above", NotExcluded, Refused, new([], [Dns("example.com")])),
            Of("excluded DNS name, another", NotExcluded, Accepted, new([], [Dns("other.example")])),
            Of("excluded DNS name in capitals", NotExcluded, Refused, new([], [Dns("EXAMPLE.com")])),
            Of("excluded DNS name that is the second", NotExcluded, Refused, new([], [Dns("not-allowed.example.com")]), Dns("www.example.com"), Dns("not-allowed.example.com")),
            Of("permitted and excluded", NotExcluded, Refused, new([Dns("example.com")], [Dns("example.com")])),
            Of("permitted for a wildcard of the domain", Kept, Accepted, new([Dns("example.com")], []), Dns("*.example.com")),
            Of("excluded within a wildcard", "nobody says how a wildcard and a constraint below it meet; the host asked for is not excluded", Either, new([], [Dns("bar.example.com")]), Dns("*.example.com")),
            Of("permitted address, another", Kept, Refused, new([Range("192.0.2.0", "255.255.255.0")], []), Dns("www.example.com"), Address("198.51.100.1")),
            Of("permitted address, in the range", Kept, Accepted, new([Range("192.0.2.0", "255.255.255.0")], []), Dns("www.example.com"), Address("192.0.2.1")),
            Of("permitted IPv6 address, in the range", Kept, Accepted, new([Range("2001:db8::", "ffff:ffff::")], []), Dns("www.example.com"), Address("2001:db8::1")),
            Of("excluded address", NotExcluded, Refused, new([], [Range("192.0.2.0", "255.255.255.0")]), Dns("www.example.com"), Address("192.0.2.1")),
            Of("excluded IPv6 address", NotExcluded, Refused, new([], [Range("::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]), Dns("www.example.com"), Address("::1")),
            Of("permitted address without its mask", "RFC 5280 §4.2.1.10: eight octets or thirty-two", Refused, new([Address(192, 0, 2, 1)], []), Dns("www.example.com"), Address("192.0.2.1")),
            Of("permitted address with a mask with holes", "RFC 4632 §3.1: ones, then zeros", Either, new([Range("192.0.2.1", "255.0.255.0")], []), Dns("www.example.com"), Address("192.0.2.1")),
            Of("permitted address, a leaf with DNS names only", OtherTypes, Accepted, new([Range("192.0.2.0", "255.255.255.0")], [])),
            Of("excluded address, a leaf with DNS names only", OtherTypes, Accepted, new([], [Range("0.0.0.0", "0.0.0.0")])),
            Of("permitted directory name, the subject's organization", Kept, Accepted, new([Directory(DirectoryName.Of(new NameAttribute(NameAttribute.Organization, "Chains")))], [])),
            Of("permitted directory name, another", Kept, Refused, new([Directory(DirectoryName.Common("foo"))], [])),
            Of("excluded directory name, the subject's organization", NotExcluded, Refused, new([], [Directory(DirectoryName.Of(new NameAttribute(NameAttribute.Organization, "Chains")))])),
            Of("excluded directory name among the alternative names", NotExcluded, Refused, new([], [Directory(DirectoryName.Common("foo"))]), Dns("www.example.com"), Directory(DirectoryName.Common("foo"))),
            Of("permitted mailbox", Kept, Accepted, new([Email("foo@example.com")], []), Dns("www.example.com"), Email("foo@example.com")),
            Of("permitted mailboxes of a host", Kept, Accepted, new([Email("example.com")], []), Dns("www.example.com"), Email("foo@example.com")),
            Of("permitted mailboxes of a host, another host", Kept, Refused, new([Email("example.com")], []), Dns("www.example.com"), Email("foo@sub.example.com")),
            Of("permitted mailbox with an asterisk, which is a letter", Kept, Refused, new([Email("*@example.com")], []), Dns("www.example.com"), Email("user@example.com")),
            Of("permitted mailboxes, a malformed one", Kept, Refused, new([Email("example.com")], []), Dns("www.example.com"), Email("invalid@address@other.example")),
            Of("permitted URIs of a host", Kept, Accepted, new([Uri("www.example.com")], []), Dns("www.example.com"), Uri($"https://{HostName}/x")),
            Of("permitted URIs of a domain", Kept, Accepted, new([Uri(".example.com")], []), Dns("www.example.com"), Uri("https://a.example.com/x")),
            Of("permitted URIs of another host", Kept, Refused, new([Uri("other.example")], []), Dns("www.example.com"), Uri($"https://{HostName}/x")),
            Of("excluded other name, a leaf that has one", "RFC 5280 §4.2.1.10: a constraint of a type that is not understood refuses names of this type", Refused, new([], [Other("1.3.6.1.4.1.311.20.2.3", "foo")]), Dns("www.example.com"), Other("1.3.6.1.4.1.311.20.2.3", "foo")),
            Of("excluded other name, a leaf that has none", OtherTypes, Accepted, new([], [Other("1.3.6.1.4.1.311.20.2.3", "foo")])),
            Of("permitted DNS name with a dot at its end", "RFC 5280 §4.2.1.10, §4.2.1.6: the preferred name syntax, without the root's dot", Either, new([Dns("example.com.")], [])),
            Of("excluded DNS name with a dot at its end", "RFC 5280 §4.2.1.10, §4.2.1.6: the preferred name syntax, without the root's dot", Either, new([], [Dns("www.example.com.")])),
            Of("permitted DNS name, and a name with a dot at its end", "RFC 5280 §4.2.1.6: the preferred name syntax, without the root's dot", Either, new([Dns("example.com")], []), Dns("www.example.com"), Dns("a.example.com.")),
            Of("excluded DNS name, and a name with a dot at its end", "RFC 5280 §4.2.1.6: the preferred name syntax, without the root's dot", Either, new([], [Dns("bar.example.com")]), Dns("www.example.com"), Dns("bar.example.com.")),
            Of("permitted URIs of a domain with a dot at its end", "RFC 5280 §4.2.1.10", Either, new([Uri(".example.com.")], []), Dns("www.example.com"), Uri("https://a.example.com/x")),
            Of("permitted URIs of a host, one with its user", "RFC 3986 §3.2.1", Either, new([Uri("www.example.com")], []), Dns("www.example.com"), Uri($"https://{HostName}@other.example/x")),
            Of("excluded URIs of a host, one that is percent-encoded", "RFC 3986 §2.1", Either, new([], [Uri("bar.example.com")]), Dns("www.example.com"), Uri("https://b%61r.example.com/x")),
            Of("excluded URIs of a host, one with a dot at its end", "RFC 3986 §3.2.2", Either, new([], [Uri("bar.example.com")]), Dns("www.example.com"), Uri("https://bar.example.com./x")),
            Of("permitted mailboxes, with nothing before the host", "RFC 5280 §4.2.1.10: a mailbox, a host or a domain", Either, new([Email("@example.com")], []), Dns("www.example.com"), Email("foo@example.com")),
            Of("permitted mailboxes, a quoted one", "RFC 5321 §4.1.2", Either, new([Email("example.com")], []), Dns("www.example.com"), Email("\"foo\"@example.com")),
            Of("excluded mailbox in capitals", "RFC 5321 §2.4: who judges mailboxes does not know whether case counts there", Either, new([], [Email("FOO@example.com")]), Dns("www.example.com"), Email("foo@example.com")),
            Of("a minimum that is zero, and said", "X.690 §11.5: a default is not encoded", Either, new([Dns("example.com")], [], Minimum: 0)),
            Of("a minimum that is not zero", "RFC 5280 §4.2.1.10: minimum is zero, and maximum absent", Refused, new([Dns("example.com")], [], Minimum: 1)),
            Of("a name with a dot before it", "RFC 5280 §4.2.1.6: the preferred name syntax", Either, new([Dns("example.com")], []), Dns("www.example.com"), Dns(".example.com")),
        ];
    }
}
