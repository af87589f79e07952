using System.Net;
using S2nTls.Reliability.Chains.Making;
using static S2nTls.Reliability.Chains.Making.GeneralName;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Name constraints on authorities (RFC 5280 §4.2.1.10).</summary>
internal static class ConstraintChanges
{
    /// <summary>Whom the chains are for.</summary>
    private const string HostName = "www.example.com";

    internal static readonly Change[] All =
    [
        new(30, Constrain, 2),
        new(8, ConstrainTwice, 2),
        new(3, OnLeaf),
        new(3, Malformed, 2),
        new(4, NamesOnIntermediate, 3),
    ];

    private static string Constrain(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft authority = random.Chance(35) || chain.Path.Count < 3 ? chain.Root : random.Pick<CertificateDraft>([.. chain.Intermediates]);
        return Constrain(random, chain, authority);
    }

    private static string ConstrainTwice(Random random, ChainKeys keys, ChainDraft chain)
    {
        foreach (CertificateDraft authority in chain.Path.Skip(1))
        {
            Constrain(random, chain, authority);
        }

        return "constraints everywhere";
    }

    private static string Constrain(Random random, ChainDraft chain, CertificateDraft authority)
    {
        GeneralName[] leaf = chain.Leaf.Names is { Length: > 0 } names ? names : [GoodChain.NameOf(chain.Host)];
        if (random.Chance(25))
        {
            leaf = [.. leaf, Extra(random)];
            chain.Leaf.Names = leaf;
        }

        GeneralName[] first = Subtrees(random, chain, leaf);
        bool excludes = random.Chance(35);
        authority.Constraints = new NameConstraints(
            excludes ? [] : first,
            excludes ? first : random.Chance(20) ? Subtrees(random, chain, leaf) : [],
            IsCritical: !random.Chance(15),
            Minimum: random.Chance(4) ? random.Next(2) : null,
            Maximum: random.Chance(3) ? random.Next(3) : null);
        return $"{authority.Role} is constrained";
    }

    private static GeneralName Extra(Random random) => random.Pick<Func<GeneralName>>(
        () => Email("admin@example.com"), () => Email("*@example.com"), () => Email("bad@@example.com"), () => Email("example.com"), () => Email("admin@other.example"),
        () => Uri($"https://{HostName}/"), () => Uri("https://10.1.2.3/"), () => Uri("urn:a:b"), () => Uri("https://other.example:8443/x"),
        () => Directory(DirectoryName.Common("foo")), () => Address("10.1.2.3"), () => Address("192.0.2.9"), () => Address("2001:db8::1"), () => Dns("other.example"), () => Dns("www.example.com"),
        () => Other("1.3.6.1.4.1.311.20.2.3", "foo@example.com"))();

    private static GeneralName[] Subtrees(Random random, ChainDraft chain, GeneralName[] leaf) =>
        [.. Enumerable.Range(0, 1 + random.Next(random.Chance(30) ? 3 : 1)).Select(_ => random.Chance(65) ? Near(random, chain, random.Pick<GeneralName>(leaf)) : Any(random))];

    /// <summary>A subtree that has to do with a name.</summary>
    private static GeneralName Near(Random random, ChainDraft chain, GeneralName name)
    {
        switch (name.Kind)
        {
            case GeneralNameKind.Dns:
                string text = name.Text;
                int dot = text.IndexOf('.', StringComparison.Ordinal);
                string parent = dot < 0 ? text : text[(dot + 1)..];
                return random.Pick<Func<GeneralName>>(
                    () => Dns(text), () => Dns(parent), () => Dns(parent), () => Dns("." + parent), () => Dns("." + text), () => Dns("not-" + parent), () => Dns("x." + text),
                    () => Dns(""), () => Dns("com"), () => Dns("*." + parent), () => Dns(parent.ToUpperInvariant()), () => Dns(parent + "."), () => Dns(parent + "\0"))();
            case GeneralNameKind.Address when name.Content.Length is 4 or 16:
                string address = new IPAddress(name.Content).ToString();
                return name.Content.Length == 4
                    ? random.Pick<Func<GeneralName>>(
                        () => Range(address, "255.255.255.255"), () => Range(address, "255.255.255.0"), () => Range(address, "255.0.0.0"), () => Range("0.0.0.0", "0.0.0.0"), () => Range(address, "255.0.255.0"), () => Range("192.0.2.0", "255.255.255.0"))()
                    : random.Pick<Func<GeneralName>>(() => Range(address, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), () => Range(address, "ffff:ffff::"), () => Range("::", "::"), () => Range("fe80::", "ffff::"))();
            case GeneralNameKind.Email:
                string host = name.Text[(name.Text.LastIndexOf('@') + 1)..];
                return random.Pick<Func<GeneralName>>(() => Email(name.Text), () => Email(host), () => Email("." + host), () => Email("other@" + host), () => Email("@" + host), () => Email(host.ToUpperInvariant()))();
            case GeneralNameKind.Uri:
                return random.Pick<Func<GeneralName>>(() => Uri("www.example.com"), () => Uri(".example.com"), () => Uri("example.com"), () => Uri("other.example"), () => Uri($"https://{HostName}/"), () => Uri(""))();
            case GeneralNameKind.Directory:
                return Directory(random.Chance(50) ? chain.Leaf.Subject : DirectoryName.Common("foo"));
            default:
                return random.Chance(50) ? name : Any(random);
        }
    }

    private static GeneralName Any(Random random) => random.Pick<Func<GeneralName>>(
        () => Dns("example.com"), () => Dns("example.com"), () => Dns("other.example"), () => Dns("victim.test"), () => Dns(""),
        () => Range("10.0.0.0", "255.0.0.0"), () => Range("192.0.2.0", "255.255.255.0"), () => Range("2001:db8::", "ffff:ffff::"), () => Range("0.0.0.0", "0.0.0.0"), () => Range("::", "::"), () => Address(10, 0, 0, 0), () => Address(10, 0, 0), () => Address(),
        () => Email("example.com"), () => Email(".example.com"), () => Email("admin@example.com"), () => Email("invalid@invalid@example.com"),
        () => Uri("example.com"), () => Uri(".example.com"), () => Uri("https://example.com/"),
        () => Directory(DirectoryName.Of(new NameAttribute(NameAttribute.Organization, "Chains"))), () => Directory(DirectoryName.Of(new NameAttribute(NameAttribute.Organization, "chains "))), () => Directory(DirectoryName.Common("foo")), () => Directory(DirectoryName.Empty),
        () => Other("1.3.6.1.4.1.311.20.2.3", "foo@example.com"), () => RegisteredId("1.2.3"))();

    private static string OnLeaf(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Leaf.Constraints = new NameConstraints([random.Pick(Dns("example.com"), Dns("other.example"))], [], IsCritical: random.Chance(50));
        return "the leaf itself is constrained";
    }

    private static string Malformed(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft authority = random.Pick<CertificateDraft>([.. chain.Path.Skip(1)]);
        authority.Constraints = new NameConstraints([Dns("example.com")], [], IsCritical: random.Chance(70));
        authority.Values[Extension.NameConstraints] = random.Pick<byte[]>(
            [], [0x30, 0x00], [0x30, 0x04, 0xA0, 0x00, 0xA1, 0x00], [0x30, 0x02, 0x05, 0x00], [0x04, 0x00], [0x30, 0x04, 0xA2, 0x02, 0x30, 0x00], [0x30, 0x06, 0xA0, 0x04, 0x30, 0x02, 0x82, 0x05], [.. authority.Constraints.Encode(), 0]);
        return $"{authority.Role}'s constraints are malformed";
    }

    /// <summary>An authority's own names are subject to the constraints above it, except where it is self-issued (§6.1.3 b).</summary>
    private static string NamesOnIntermediate(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Path[1].Names = [random.Pick(Dns("example.com"), Dns("other.example"), Email("ca@example.com"), Address("192.0.2.1"))];
        chain.Root.Constraints ??= new NameConstraints(random.Chance(50) ? [Dns("example.com")] : [], random.Chance(50) ? [Dns("other.example")] : [Dns("excluded.example")]);
        return "an authority has names below constraints";
    }
}
