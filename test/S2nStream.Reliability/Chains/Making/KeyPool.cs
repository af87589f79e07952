using System.Collections.Concurrent;

namespace S2nTls.Reliability.Chains.Making;

/// <summary>Keys are dear: each is made once in the process, when it is first wanted, and used again and again. Thread-safe.</summary>
internal static class KeyPool
{
    private static readonly ConcurrentDictionary<(KeyKind Kind, int Number), Lazy<ChainKey>> s_keys = [];

    /// <param name="kind">The key's kind.</param>
    /// <param name="number">Different numbers of a kind give different keys.</param>
    internal static ChainKey Get(KeyKind kind, int number) =>
        s_keys.GetOrAdd((kind, number), static id => new Lazy<ChainKey>(() => ChainKey.Create(id.Kind))).Value;
}
