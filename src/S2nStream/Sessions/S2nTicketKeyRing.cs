using System.Runtime.ExceptionServices;
using S2nTls.Sessions;

namespace S2nTls;

/// <summary>
/// The keys that a server encrypts its session tickets with, and when: each key serves for two rotations,
/// first less and less rarely, then more and more (so servers whose clocks differ a little understand each
/// other), and is accepted for a while after. A ring can be shared by any number of contexts. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// A ticket is worth as much as its key: whoever has the key can resume the session, and under TLS 1.2 read
/// what was sent in it. So keys are short-lived, and one that was stolen is of no use once it is no longer
/// accepted (<see cref="Lifetime"/>).
/// </para>
/// <para>
/// The provider costs no handshake: it is asked beside them, shortly after a period has begun, for the key of the next. Where it is slow or fails,
/// handshakes go on with the keys at hand, which are good for two periods more; when the last of them has expired, without tickets,
/// until the provider has answered again.
/// </para>
/// </remarks>
public sealed class S2nTicketKeyRing
{
    /// <summary>s2n holds 48 keys at most (<c>S2N_MAX_TICKET_KEYS</c>).</summary>
    private const int MaxKeys = 48;

    private readonly TimeProvider _clock;

    /// <summary>Makes a ring with keys from a provider.</summary>
    /// <param name="provider">Has the key of each period.</param>
    /// <param name="rotation">The length of a period; whole seconds, at least 10. Default: one hour. Servers that share keys must agree on it.</param>
    /// <param name="acceptance">How long tickets are accepted after their key has served; whole seconds. Default: ten hours.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is out of range, or more than 48 keys would be needed at once.</exception>
    public S2nTicketKeyRing(S2nTicketKeyProvider provider, TimeSpan? rotation = null, TimeSpan? acceptance = null)
        : this(provider, rotation ?? DefaultRotation, acceptance ?? DefaultAcceptance, TimeProvider.System)
    {
    }

    /// <param name="provider">As above.</param>
    /// <param name="rotation">As above.</param>
    /// <param name="acceptance">As above.</param>
    /// <param name="clock">Tells the period, and when to ask.</param>
    /// <param name="random">Spreads the moments of asking: 0 to 1. Null for one that is random.</param>
    internal S2nTicketKeyRing(S2nTicketKeyProvider provider, TimeSpan rotation, TimeSpan acceptance, TimeProvider clock, Func<double>? random = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentOutOfRangeException.ThrowIfLessThan(rotation, TimeSpan.FromSeconds(10));
        ArgumentOutOfRangeException.ThrowIfLessThan(acceptance, TimeSpan.FromSeconds(1));
        _clock = clock;
        Rotation = TimeSpan.FromSeconds(Math.Floor(rotation.TotalSeconds));
        Acceptance = TimeSpan.FromSeconds(Math.Floor(acceptance.TotalSeconds));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(OldPeriods + 2, MaxKeys, nameof(acceptance));
        Keys = new TicketKeyRotation(this, provider, clock, random ?? Random.Shared.NextDouble);
    }

    /// <summary>
    /// The provider has thrown, or given a key that cannot be used. Raised once, and again only after a time in which all was well;
    /// meanwhile the provider is asked again and again, and <see cref="Failure"/> has its last answer. What it throws while the ring's
    /// first context is made is thrown to the maker instead. Raised on a thread of the pool. A handler that throws ends the process, as one of
    /// <see cref="FileSystemWatcher"/> does.
    /// </summary>
    public event EventHandler<ErrorEventArgs>? Failed;

    /// <summary>How long a period is.</summary>
    public TimeSpan Rotation { get; }

    /// <summary>How long tickets are accepted after their key has served.</summary>
    public TimeSpan Acceptance { get; }

    /// <summary>The longest time for which a key, and so a ticket, is worth anything: two rotations, and the acceptance.</summary>
    public TimeSpan Lifetime => (2 * Rotation) + Acceptance;

    /// <summary>Why the provider's last answer could not be used. Null while all is well, and while no context uses the ring.</summary>
    public Exception? Failure => Keys.Failure;

    internal static TimeSpan DefaultRotation => TimeSpan.FromHours(1);

    internal static TimeSpan DefaultAcceptance => TimeSpan.FromHours(10);

    /// <summary>The keys at hand, and who takes care of them.</summary>
    internal TicketKeyRotation Keys { get; }

    internal long CurrentPeriod => _clock.GetUtcNow().ToUnixTimeSeconds() / (long)Rotation.TotalSeconds;

    /// <summary>The first period whose key is still accepted.</summary>
    internal long FirstPeriodAt(long period) => Math.Max(1, period - OldPeriods); // s2n takes an introduction at 0 for now

    /// <summary>How many periods before the current one have keys that are still accepted.</summary>
    private int OldPeriods => (int)Math.Ceiling(Lifetime / Rotation);

    /// <summary>Makes a ring whose keys nobody else has.</summary>
    internal static S2nTicketKeyRing CreateRandom() => new(new RandomTicketKeys());

    /// <summary>When a key comes into use, in seconds since 1970.</summary>
    internal long IntroductionOf(long period) => period * (long)Rotation.TotalSeconds;

    /// <summary>What a handler throws is nobody's here to handle, and nobody's to hide.</summary>
    internal void Tell(Exception failure)
    {
        try
        {
            Failed?.Invoke(this, new ErrorEventArgs(failure));
        }
        catch (Exception e)
        {
            var thrown = ExceptionDispatchInfo.Capture(e);
            ThreadPool.QueueUserWorkItem(_ => thrown.Throw());
        }
    }
}
