namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Choosing by a seeded source.</summary>
internal static class RandomChoice
{
    internal static T Pick<T>(this Random random, params IReadOnlyList<T> items) => items[random.Next(items.Count)];

    internal static bool Chance(this Random random, int percent) => random.Next(100) < percent;
}
