using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>A chain with a name, and the sentence that decides on it.</summary>
/// <param name="Name">Its name, which says what is in it.</param>
/// <param name="Decides">The sentence, in our words, with where it stands.</param>
/// <param name="Expected">What follows.</param>
/// <param name="Intermediates">How many there are to begin with.</param>
/// <param name="Change">Makes it of a good chain for www.example.com.</param>
internal sealed record NamedCase(string Name, string Decides, Expected Expected, int Intermediates, Action<ChainDraft, ChainKeys> Change)
{
    /// <summary>Whether it is not about the server's host, nor about its purposes by name.</summary>
    internal bool IsForClientsToo => !Name.StartsWith("name:", StringComparison.Ordinal) && !Name.StartsWith("matrix:", StringComparison.Ordinal) && !Name.Contains("another host", StringComparison.Ordinal)
        && !Name.StartsWith("purpose:", StringComparison.Ordinal) && !Name.StartsWith("constraints: a sub-authority", StringComparison.Ordinal) && !Name.Contains("for clients", StringComparison.Ordinal)
        && !Name.StartsWith("constraints: a common name", StringComparison.Ordinal) && !Name.Contains("encipherment", StringComparison.OrdinalIgnoreCase);

    internal ChainDraft Make(int seed, bool isClients = false)
    {
        var keys = new ChainKeys(new Random(seed));
        ChainDraft chain = GoodChain.Make(keys, Intermediates, isClients: isClients);
        Change(chain, keys);
        chain.Notes.Add(Name);
        return chain;
    }
}
