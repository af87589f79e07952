using System.Security.Authentication;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Makes a chain from a seed: a good one, to which a few things are done.</summary>
internal static class ChainGenerator
{
    /// <summary>By topic, with how often a change is of it: topics have more changes or fewer, and none is to drown the others.</summary>
    private static readonly (int Weight, Change[] Changes)[] s_topics =
    [
        (24, NameChanges.All), (16, ConstraintChanges.All), (20, AuthorityChanges.All), (5, DateChanges.All), (16, AnchorChanges.All), (14, SendingChanges.All), (12, KeyChanges.All), (8, ExtensionChanges.All),
    ];

    internal static ChainDraft Make(int seed)
    {
        var random = new Random(seed);
        var keys = new ChainKeys(random);
        ChainDraft chain = GoodChain.Make(keys, random.Pick(0, 1, 1, 1, 2, 2, 3), random.Pick(NameSpellings.Hosts), isClients: random.Chance(25));
        if (random.Chance(25))
        {
            chain.Protocol = SslProtocols.Tls12;
        }

        int changes = random.Pick(0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 5);
        while (chain.Notes.Count < changes)
        {
            Change change = Pick(random, Pick(random, s_topics, topic => topic.Weight).Changes, change => change.Weight);
            if (chain.Path.Count >= change.Certificates)
            {
                chain.Notes.Add(change.Apply(random, keys, chain));
            }
        }

        return chain;
    }

    private static T Pick<T>(Random random, T[] items, Func<T, int> weight)
    {
        int left = random.Next(items.Sum(weight));
        return items.First(item => (left -= weight(item)) < 0);
    }
}
