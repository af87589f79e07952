using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace S2nTls.Sessions;

/// <summary>
/// The keys that a ring has at one moment, in memory that the garbage collector does not move. Immutable once it is the
/// ring's. It is counted: whoever makes a config holds it so long, and the secrets are wiped when the ring has let go of
/// it and nobody holds it any more.
/// </summary>
/// <remarks>A SafeHandle for what that brings: a count, and a release that comes once, also where nobody disposes.</remarks>
internal sealed class TicketKeySet : SafeHandle
{
    private static long s_versions;

    private readonly SortedList<long, (byte[] Name, byte[] Secret)> _keys = [];

    internal TicketKeySet() : base(invalidHandleValue: 0, ownsHandle: true) =>
        SetHandle(1); // there is something to release, though it is no pointer

    public override bool IsInvalid => handle == 0;

    /// <summary>Tells sets apart.</summary>
    internal long Version { get; } = Interlocked.Increment(ref s_versions);

    /// <summary>The periods whose keys are here, the first one first.</summary>
    internal IList<long> Periods => _keys.Keys;

    internal ReadOnlySpan<byte> NameOf(long period) => _keys[period].Name;

    internal ReadOnlySpan<byte> SecretOf(long period) => _keys[period].Secret;

    /// <summary>Copies what another set, which the caller holds, has of these periods.</summary>
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
    /// <exception cref="InvalidOperationException">It is not a key of its own: s2n would refuse the whole config (<c>S2N_ERR_TICKET_KEY_NOT_UNIQUE</c>, say).</exception>
    internal void Add(long period, S2nTicketKey key)
    {
        byte[] secret = key.TakeSecret();
        try
        {
            foreach ((long other, (byte[] otherName, byte[] otherSecret)) in _keys)
            {
                // s2n fills names up with zeros.
                bool sharesName = otherName.AsSpan().TrimEnd((byte)0).SequenceEqual(key.Name.AsSpan().TrimEnd((byte)0));
                if (sharesName || CryptographicOperations.FixedTimeEquals(otherSecret, secret))
                {
                    throw new InvalidOperationException(
                        $"The provider of ticket keys has given the same {(sharesName ? "name" : "secret")} to the keys of periods {other} and {period}: each period's key has its own.");
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
