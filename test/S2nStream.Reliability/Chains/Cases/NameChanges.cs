using System.Formats.Asn1;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>What can be odd about the names of the peer's certificate.</summary>
internal static class NameChanges
{
    internal static readonly Change[] All =
    [
        new(40, Alternatives),
        new(16, SubjectOnly),
        new(8, SubjectBeside),
        new(3, NoNames),
        new(3, AnotherHost),
        new(2, EmptySubject),
        new(2, CriticalNames),
        new(1, MalformedNames),
        new(1, ManyNames),
    ];

    private static string Alternatives(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Leaf.Names = NameSpellings.Alternatives(random, chain.Host);
        return "the leaf's names are odd";
    }

    /// <summary>No alternative names, and a common name that may be the host's.</summary>
    private static string SubjectOnly(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Leaf.Subject = NameSpellings.Subject(random, chain.Host);
        chain.Leaf.Names = null;
        return "the leaf has no alternative names";
    }

    /// <summary>A common name that may be the host's, and alternative names of other types.</summary>
    private static string SubjectBeside(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Leaf.Subject = NameSpellings.Subject(random, chain.Host);
        chain.Leaf.Names =
        [
            random.Pick<Func<GeneralName>>(
                () => GeneralName.Email("admin@example.com"),
                () => GeneralName.Uri("spiffe://example.com/server"),
                () => GeneralName.Address("192.0.2.1"),
                () => GeneralName.Directory(DirectoryName.Common("somebody")),
                () => GeneralName.Other("1.3.6.1.4.1.311.20.2.3", "somebody"),
                () => GeneralName.RegisteredId("1.2.3.4"),
                () => GeneralName.Dns(""),
                () => GeneralName.Address(1, 2, 3),
                () => GeneralName.Dns("other.example"))(),
        ];
        return "the leaf's alternative names are of another type than its subject's";
    }

    private static string NoNames(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Leaf.Names = random.Chance(50) ? null : [];
        return chain.Leaf.Names is null ? "the leaf has no alternative names" : "the leaf's list of alternative names is empty";
    }

    private static string AnotherHost(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Leaf.Names = [GoodChain.NameOf(random.Pick(NameSpellings.Hosts))];
        return "the leaf may be for another host";
    }

    private static string EmptySubject(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Leaf.Subject = DirectoryName.Empty;
        chain.Leaf.HasCriticalNames = random.Chance(50);
        return "the leaf's subject is empty";
    }

    private static string CriticalNames(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Leaf.HasCriticalNames = true;
        return "the leaf's names are critical";
    }

    private static string MalformedNames(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Leaf.Names ??= [];
        byte[] right = chain.Leaf.Names is [var first, ..] ? first.Encode() : [0x82, 0x01, 0x61];
        chain.Leaf.Values[Extension.SubjectAlternativeName] = random.Pick<byte[]>(
            [], [0x30], [0x30, 0x20, 0x82, 0x01], [0x30, 0x80, .. right, 0, 0], [.. Tlv.Encode(0x30, right), 0x00], right, Tlv.Encode(0x31, right),
            "www.example.com"u8.ToArray(), Tlv.Encode(0x30, [.. right, 0x82, 0x05, 0x61]), Tlv.Encode(0x30, [0x9F, 0x20, 0x01, 0x61, .. right]),
            Tlv.Encode(0x30, [0xA3, 0x02, 0x05, 0x00, .. right]), Tlv.Encode(0x30, Tlv.Encode(0x0C, "www.example.com"u8)), Tlv.Encode(0x30, Tlv.Encode(0xA2, Tlv.Encode(0x16, "www.example.com"u8))));
        return "the leaf's names cannot be decoded";
    }

    private static string ManyNames(Random random, ChainKeys keys, ChainDraft chain)
    {
        int count = random.Pick(20, 200, 1000);
        chain.Leaf.Names = [.. Enumerable.Range(0, count).Select(number => GeneralName.Dns($"host{number}.example.com")), .. chain.Leaf.Names ?? []];
        return $"the leaf has {count} names more";
    }
}
