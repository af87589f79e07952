namespace S2nTls.PreSharedKeys;

/// <summary>The pre-shared keys of a context. They stay their maker's: one that is disposed has no secret any more, and is of no use.</summary>
internal sealed class PreSharedKeySet
{
    private readonly Dictionary<string, S2nPreSharedKey> _byIdentity = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">Two have the same identity.</exception>
    internal PreSharedKeySet(IEnumerable<S2nPreSharedKey> keys)
    {
        Keys = [.. keys];
        if (Keys.Any(key => !_byIdentity.TryAdd(NameOf(key.Identity.Span), key)))
        {
            throw new ArgumentException("Two pre-shared keys have the same identity.", nameof(keys));
        }
    }

    /// <summary>In the order in which they were given.</summary>
    internal IReadOnlyList<S2nPreSharedKey> Keys { get; }

    /// <summary>The key that the client likes best, of those that are known.</summary>
    internal S2nPreSharedKey? Find(S2nPreSharedKeyOffer offer) =>
        offer.Identities.Select(identity => _byIdentity.GetValueOrDefault(NameOf(identity.Span))).FirstOrDefault(key => key is not null);

    private static string NameOf(ReadOnlySpan<byte> identity) => Convert.ToHexString(identity);
}
