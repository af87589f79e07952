using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace S2nTls.Sessions;

/// <summary>
/// A ring's keys at one moment, in memory that the garbage collector does not move. Immutable once the ring has it. References are counted: making
/// a config holds one, and the secrets are wiped when the ring has released it and no one else holds it.
/// </summary>
/// <remarks>A SafeHandle, because that has a count, and is released exactly once, even if never disposed.</remarks>
internal sealed class TicketKeySet : SafeHandle
{
    private static long s_versions;

    private readonly SortedList<long, (byte[] Name, byte[] Secret)> _keys = [];

    internal TicketKeySet() : base(invalidHandleValue: 0, ownsHandle: true) =>
        SetHandle(1); // there is something to release, though not a pointer

    public override bool IsInvalid => handle == 0;

    /// <summary>Distinguishes sets.</summary>
    internal long Version { get; } = Interlocked.Increment(ref s_versions);

    /// <summary>The periods whose keys are here, in ascending order.</summary>
    internal IList<long> Periods => _keys.Keys;

    internal ReadOnlySpan<byte> NameOf(long period) => _keys[period].Name;

    internal ReadOnlySpan<byte> SecretOf(long period) => _keys[period].Secret;

    /// <summary>Copies the keys of these periods from another set, which the caller holds.</summary>
    internal void CopyFrom(TicketKeySet other, long first, long last)
    {
        foreach ((long period, (byte[] name, byte[] secret)) in other._keys)
        {
            if (period >= first && period <= last)
            {
                byte[] copy = GC.AllocateUninitializedArray<byte>(secret.Length, pinned: true);
                secret.CopyTo(copy, 0);
                _keys.Add(period, (name, copy));
            }
        }
    }

    /// <summary>Takes a key's secret for a period that has none.</summary>
    /// <exception cref="InvalidOperationException">
    /// The key is not unique: s2n would refuse the whole config (for example with <c>S2N_ERR_TICKET_KEY_NOT_UNIQUE</c>).
    /// </exception>
    internal void Add(long period, S2nTicketKey key)
    {
        byte[] secret = key.TakeSecret();
        try
        {
            foreach ((long other, (byte[] otherName, byte[] otherSecret)) in _keys)
            {
                // s2n pads names with zeros.
                bool sharesName = otherName.AsSpan().TrimEnd((byte)0).SequenceEqual(key.Name.AsSpan().TrimEnd((byte)0));
                if (sharesName || CryptographicOperations.FixedTimeEquals(otherSecret, secret))
                {
                    throw new InvalidOperationException(
                        $"The provider of ticket keys returned the same {(sharesName ? "name" : "secret")} for the keys of periods {other} and {period}: each period's key must have its own.");
                }
            }

            _keys.Add(period, (key.Name, secret));
        }
        catch
        {
            CryptographicOperations.ZeroMemory(secret);
            throw;
        }
    }

    protected override bool ReleaseHandle()
    {
        foreach ((_, byte[] secret) in _keys.Values)
        {
            CryptographicOperations.ZeroMemory(secret);
        }

        return true;
    }
}
