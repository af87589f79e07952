namespace S2nTls.AspNetCore.Handshakes;

/// <summary>
/// The entries of an endpoint by server name, with Kestrel's rules for an <c>Sni</c> section: the full name comes first, then the longest
/// <c>*.suffix</c>, which matches any number of labels, then <c>*</c>, which also matches clients that send no name.
/// </summary>
internal sealed class ServerNames
{
    private const string Any = "*";
    private const string AnyLabels = "*.";

    /// <summary>Replaces bytes that are not UTF-8: to Kestrel, a name with such bytes is no name.</summary>
    private const char Undecodable = '\uFFFD';

    private readonly Dictionary<string, ServerNameEntry> _exact = new(StringComparer.OrdinalIgnoreCase);
    private readonly (string Suffix, ServerNameEntry Entry)[] _suffixes;
    private readonly ServerNameEntry? _any;

    internal ServerNames(IReadOnlyCollection<ServerNameEntry> entries)
    {
        _any = entries.FirstOrDefault(static entry => entry.Name == Any);
        _suffixes =
        [
            .. entries
                .Where(static entry => entry.Name.StartsWith(AnyLabels, StringComparison.Ordinal))
                .Select(static entry => (entry.Name[1..], entry))
                .OrderByDescending(static suffix => suffix.Item1.Length),
        ];
        foreach (ServerNameEntry entry in entries.Where(static entry => entry.Name != Any && !entry.Name.StartsWith(AnyLabels, StringComparison.Ordinal)))
        {
            _exact.Add(entry.Name, entry);
        }
    }

    internal ServerNameEntry? Find(string serverName)
    {
        if (serverName.Contains(Undecodable))
        {
            return _any;
        }

        string name = InternationalName.ToAscii(serverName);
        if (_exact.TryGetValue(name, out ServerNameEntry? entry))
        {
            return entry;
        }

        foreach ((string suffix, ServerNameEntry its) in _suffixes)
        {
            if (name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                return its;
            }
        }

        return _any;
    }
}
