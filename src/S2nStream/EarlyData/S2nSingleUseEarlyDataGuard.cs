using System.Buffers.Binary;
using System.Security.Cryptography;

namespace S2nTls;

/// <summary>
/// Accepts early data once for every ticket (RFC 8446 §8.1), for a server that is one process: tickets issued with another guard, by another
/// process or before a restart can be used for resumption, but not for early data. The same goes for tickets older than the last ones that it
/// remembers, with one bit each. External pre-shared keys are always refused: an offer made with one never grows old, and no bounded memory could
/// tell it from its replay. Thread-safe; contexts of one process may share it.
/// </summary>
public sealed class S2nSingleUseEarlyDataGuard : S2nEarlyDataGuard
{
    private const int NameLength = 16;

    private readonly Lock _lock = new();

    /// <summary>Which of the last tickets were used, by number modulo the capacity.</summary>
    private readonly ulong[] _used;
    private readonly int _capacity;

    /// <summary>Distinguishes this guard's tickets from all others.</summary>
    private readonly byte[] _name = RandomNumberGenerator.GetBytes(NameLength);

    /// <summary>The number of tickets so far.</summary>
    private ulong _issued;

    /// <summary>Makes a guard that has seen no tickets.</summary>
    /// <param name="capacity">
    /// How many of the last tickets may be used for early data; every connection to the server counts as one. Each takes a bit: the default,
    /// 65,536, takes 8 KiB.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is not positive.</exception>
    public S2nSingleUseEarlyDataGuard(int capacity = 65_536)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _capacity = capacity;
        _used = new ulong[((capacity - 1) / 64) + 1];
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> CreateTicketContext()
    {
        byte[] context = new byte[NameLength + sizeof(ulong)];
        _name.CopyTo(context, 0);
        lock (_lock)
        {
            BinaryPrimitives.WriteUInt64BigEndian(context.AsSpan(NameLength), _issued);
            Mark(_issued, used: false); // replaces the one that is now too old
            _issued++;
        }

        return context;
    }

    /// <inheritdoc/>
    public override ValueTask<bool> AcceptAsync(S2nEarlyDataOffer offer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ReadOnlySpan<byte> context = offer.TicketContext.Span;
        return ValueTask.FromResult(
            !offer.IsExternal && context.Length == NameLength + sizeof(ulong) && context.StartsWith(_name) &&
            TryUse(BinaryPrimitives.ReadUInt64BigEndian(context[NameLength..])));
    }

    private bool TryUse(ulong number)
    {
        lock (_lock)
        {
            if (number >= _issued || _issued - number > (ulong)_capacity || IsUsed(number))
            {
                return false;
            }

            Mark(number, used: true);
            return true;
        }
    }

    private bool IsUsed(ulong number)
    {
        int place = (int)(number % (ulong)_capacity);
        return (_used[place / 64] & (1ul << (place % 64))) != 0;
    }

    private void Mark(ulong number, bool used)
    {
        int place = (int)(number % (ulong)_capacity);
        ulong bit = 1ul << (place % 64);
        _used[place / 64] = used ? _used[place / 64] | bit : _used[place / 64] & ~bit;
    }
}
