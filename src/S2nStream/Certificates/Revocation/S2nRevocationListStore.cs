using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls;

/// <summary>Lists of revoked certificates, in memory, one for each issuer. They can be replaced while handshakes use them. Thread-safe.</summary>
public sealed class S2nRevocationListStore : S2nRevocationListProvider
{
    /// <summary>By the issuer's name, in hexadecimal DER: an issuer encodes its name the same way in lists and certificates (RFC 5280 §5.1.2.3).</summary>
    private readonly ConcurrentDictionary<string, S2nRevocationList> _lists = new(StringComparer.Ordinal);

    /// <summary>Adds a list, or replaces that of the same issuer, which is left to the garbage collector: handshakes may be about to use it.</summary>
    public void Set(S2nRevocationList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        _lists[KeyOf(list.Issuer)] = list;
    }

    /// <summary>Removes the list of an issuer, whose certificates are then refused.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(X500DistinguishedName issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        return _lists.TryRemove(KeyOf(issuer), out _);
    }

    /// <inheritdoc/>
    public override ValueTask<S2nRevocationList?> FindAsync(X500DistinguishedName issuer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        return ValueTask.FromResult(_lists.GetValueOrDefault(KeyOf(issuer)));
    }

    private static string KeyOf(X500DistinguishedName name) => Convert.ToHexString(name.RawData);
}
