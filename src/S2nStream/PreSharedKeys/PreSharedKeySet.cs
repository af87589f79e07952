namespace S2nTls.PreSharedKeys;

/// <summary>The pre-shared keys of a context. The caller owns them: a disposed one has no secret, and cannot be used.</summary>
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

    /// <summary>The keys, in the given order.</summary>
    internal IReadOnlyList<S2nPreSharedKey> Keys { get; }

    /// <summary>The known key that the client prefers.</summary>
    internal S2nPreSharedKey? Find(S2nPreSharedKeyOffer offer) =>
        offer.Identities.Select(identity => _byIdentity.GetValueOrDefault(NameOf(identity.Span))).FirstOrDefault(key => key is not null);

    private static string NameOf(ReadOnlySpan<byte> identity) => Convert.ToHexString(identity);
}
