using System.Security.Cryptography;

namespace S2nTls;

/// <summary>
/// Keys that nobody else has: each is made at random when its period comes, and forgotten when its tickets are
/// no longer accepted. Nobody can derive a forgotten one. What a context has that was given no ring.
/// </summary>
internal sealed class RandomTicketKeys(long keptPeriods) : ITicketKeyProvider
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, TicketKey> _keys = [];

    public TicketKey? GetKey(long period)
    {
        lock (_lock)
        {
            // Forgotten already; another one under the same period would only confuse.
            if (_keys.Count > 0 && period < _keys.Keys.First())
            {
                return null;
            }

            if (!_keys.TryGetValue(period, out TicketKey? key))
            {
                key = new TicketKey(RandomNumberGenerator.GetBytes(TicketKey.NameLength), RandomNumberGenerator.GetBytes(TicketKey.MinSecretLength));
                _keys.Add(period, key);
            }

            Forget(period - keptPeriods);
            return new TicketKey(key.Name, key.Secret);
        }
    }

    private void Forget(long before)
    {
        foreach (long old in _keys.Keys.TakeWhile(period => period < before).ToArray())
        {
            CryptographicOperations.ZeroMemory(_keys[old].Secret);
            _keys.Remove(old);
        }
    }
}
