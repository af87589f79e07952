namespace S2nTls;

/// <summary>
/// The keys that a server encrypts its session tickets with, and when: each key serves for two rotations,
/// first less and less rarely, then more and more (so servers whose clocks differ a little understand each
/// other), and is accepted for a while after. A ring can be shared by any number of contexts. Thread-safe.
/// </summary>
/// <remarks>
/// A ticket is worth as much as its key: whoever has the key can resume the session, and under TLS 1.2 read
/// what was sent in it. So keys are short-lived, and one that was stolen is of no use once it is no longer
/// accepted (<see cref="Lifetime"/>).
/// </remarks>
public sealed class TicketKeyRing
{
    /// <summary>s2n holds 48 keys at most (<c>S2N_MAX_TICKET_KEYS</c>).</summary>
    private const int MaxKeys = 48;

    private readonly ITicketKeyProvider _provider;
    private readonly TimeProvider _clock;

    /// <summary>Makes a ring with keys from a provider.</summary>
    /// <param name="provider">Has the key of each period.</param>
    /// <param name="rotation">The length of a period; whole seconds, at least 10. Default: one hour. Servers that share keys must agree on it.</param>
    /// <param name="acceptance">How long tickets are accepted after their key has served; whole seconds. Default: ten hours.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is out of range, or more than 48 keys would be needed at once.</exception>
    public TicketKeyRing(ITicketKeyProvider provider, TimeSpan? rotation = null, TimeSpan? acceptance = null)
        : this(provider, rotation ?? DefaultRotation, acceptance ?? DefaultAcceptance, TimeProvider.System)
    {
    }

    internal TicketKeyRing(ITicketKeyProvider provider, TimeSpan rotation, TimeSpan acceptance, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentOutOfRangeException.ThrowIfLessThan(rotation, TimeSpan.FromSeconds(10));
        ArgumentOutOfRangeException.ThrowIfLessThan(acceptance, TimeSpan.FromSeconds(1));
        _provider = provider;
        _clock = clock;
        Rotation = TimeSpan.FromSeconds(Math.Floor(rotation.TotalSeconds));
        Acceptance = TimeSpan.FromSeconds(Math.Floor(acceptance.TotalSeconds));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(OldPeriods + 2, MaxKeys, nameof(acceptance));
    }

    /// <summary>How long a period is.</summary>
    public TimeSpan Rotation { get; }

    /// <summary>How long tickets are accepted after their key has served.</summary>
    public TimeSpan Acceptance { get; }

    /// <summary>The longest time for which a key, and so a ticket, is worth anything: two rotations, and the acceptance.</summary>
    public TimeSpan Lifetime => (2 * Rotation) + Acceptance;

    internal static TimeSpan DefaultRotation => TimeSpan.FromHours(1);

    internal static TimeSpan DefaultAcceptance => TimeSpan.FromHours(10);

    internal long CurrentPeriod => _clock.GetUtcNow().ToUnixTimeSeconds() / (long)Rotation.TotalSeconds;

    /// <summary>How many periods before the current one have keys that are still accepted.</summary>
    private int OldPeriods => (int)Math.Ceiling(Lifetime / Rotation);

    /// <summary>Makes a ring whose keys nobody else has.</summary>
    internal static TicketKeyRing CreateRandom() =>
        new(new RandomTicketKeys((long)Math.Ceiling((DefaultAcceptance / DefaultRotation) + 3)), DefaultRotation, DefaultAcceptance, TimeProvider.System);

    /// <summary>The keys of all periods that matter now, the oldest first, with the times at which they come into use. The next one's is among them.</summary>
    internal IEnumerable<(TicketKey Key, DateTimeOffset Introduction)> KeysAt(long period)
    {
        for (long number = period - OldPeriods; number <= period + 1; number++)
        {
            if (_provider.GetKey(number) is { } key)
            {
                yield return (key, DateTimeOffset.FromUnixTimeSeconds(number * (long)Rotation.TotalSeconds));
            }
        }
    }
}
