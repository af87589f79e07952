namespace S2nTls.Reliability.Chains.Making;

/// <summary>Gives the certificates of one chain keys from the pool, each another.</summary>
internal sealed class ChainKeys(Random random)
{
    private readonly Dictionary<KeyKind, int> _next = [];

    internal ChainKey Next(KeyKind kind = KeyKind.P256)
    {
        int size = kind switch
        {
            KeyKind.P256 => 32,
            KeyKind.Rsa2048 or KeyKind.P384 => 6,
            KeyKind.Rsa3072 or KeyKind.Rsa4096 => 2,
            _ => 3,
        };
        int number = _next.GetValueOrDefault(kind, random.Next(size));
        _next[kind] = number + 1;
        return KeyPool.Get(kind, number % size);
    }
}
