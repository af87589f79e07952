using System.Runtime.ExceptionServices;
using S2nTls.Sessions;
using S2nTls.Telemetry;

namespace S2nTls;

/// <summary>
/// The keys with which a server encrypts its session tickets, and when. Each key is used for two rotations, first more and more often, then less and
/// less (so that servers whose clocks differ a little accept each other's tickets), and is accepted for a while afterwards. Any number of contexts
/// can share a ring. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// A ticket is only as safe as its key: anyone who has the key can resume the session and, in TLS 1.2, read what was sent in it. So keys are
/// short-lived, and a stolen one is useless once it is no longer accepted (<see cref="Lifetime"/>).
/// </para>
/// <para>
/// No handshake waits for the provider: shortly after a period has begun, it is asked for the next period's key in the background. If it is slow or
/// fails, handshakes continue with the keys at hand, which are good for two more periods; once the last of them has expired, they continue
/// without tickets, until the provider answers again.
/// </para>
/// </remarks>
public sealed class S2nTicketKeyRing
{
    /// <summary>s2n holds 48 keys at most (<c>S2N_MAX_TICKET_KEYS</c>).</summary>
    private const int MaxKeys = 48;

    private readonly TimeProvider _clock;

    /// <summary>Makes a ring with keys from a provider.</summary>
    /// <param name="provider">Provides the key of each period.</param>
    /// <param name="rotation">The length of a period; whole seconds, at least 10. Default: one hour. Servers that share keys must agree on it.</param>
    /// <param name="acceptance">How long tickets are accepted after their key's use has ended; whole seconds. Default: ten hours.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is out of range, or more than 48 keys would be needed at once.</exception>
    public S2nTicketKeyRing(S2nTicketKeyProvider provider, TimeSpan? rotation = null, TimeSpan? acceptance = null)
        : this(provider, rotation ?? DefaultRotation, acceptance ?? DefaultAcceptance, TimeProvider.System)
    {
    }

    /// <param name="provider">As above.</param>
    /// <param name="rotation">As above.</param>
    /// <param name="acceptance">As above.</param>
    /// <param name="clock">Determines the period, and when to ask.</param>
    /// <param name="random">Spreads the times of asking: 0 to 1. Null means random.</param>
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
    /// The provider threw, or returned a key that cannot be used. Raised once, and again only if all was well in between; meanwhile the provider is
    /// asked repeatedly, and <see cref="Failure"/> has the latest failure. What it throws while the ring's first context is made goes to that
    /// context's maker instead. Raised on a pool thread. A handler that throws ends the process, like one of <see cref="FileSystemWatcher"/>'s.
    /// </summary>
    public event EventHandler<ErrorEventArgs>? Failed;

    /// <summary>How long a period is.</summary>
    public TimeSpan Rotation { get; }

    /// <summary>How long tickets are accepted after their key's use has ended.</summary>
    public TimeSpan Acceptance { get; }

    /// <summary>The longest time for which a key, and so a ticket, is of use: two rotations and the acceptance.</summary>
    public TimeSpan Lifetime => (2 * Rotation) + Acceptance;

    /// <summary>Why the provider's last answer could not be used. Null if it could, and while no context uses the ring.</summary>
    public Exception? Failure => Keys.Failure;

    internal static TimeSpan DefaultRotation => TimeSpan.FromHours(1);

    internal static TimeSpan DefaultAcceptance => TimeSpan.FromHours(10);

    /// <summary>The keys at hand, and their rotation.</summary>
    internal TicketKeyRotation Keys { get; }

    internal long CurrentPeriod => _clock.GetUtcNow().ToUnixTimeSeconds() / (long)Rotation.TotalSeconds;

    /// <summary>The first period whose key is still accepted.</summary>
    internal long FirstPeriodAt(long period) => Math.Max(1, period - OldPeriods); // s2n takes an introduction time of 0 to mean now

    /// <summary>How many periods before the current one have keys that are still accepted.</summary>
    private int OldPeriods => (int)Math.Ceiling(Lifetime / Rotation);

    /// <summary>Makes a ring with keys that no other ring has.</summary>
    internal static S2nTicketKeyRing CreateRandom() => new(new RandomTicketKeys());

    /// <summary>When a key's use begins, in seconds since 1970.</summary>
    internal long IntroductionOf(long period) => period * (long)Rotation.TotalSeconds;

    /// <summary>What keys are used for now: each encrypts for two periods.</summary>
    /// <param name="periods">Their periods, in ascending order.</param>
    internal TicketKeyReport AgesOf(IList<long> periods)
    {
        long current = CurrentPeriod;
        int upcoming = periods.Count(period => period > current);
        int encrypting = periods.Count(period => period <= current && period >= current - 1);
        long newest = periods.LastOrDefault(period => period <= current);
        TimeSpan? age = newest > 0 ? _clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(IntroductionOf(newest)) : null;
        return new TicketKeyReport(upcoming, encrypting, periods.Count - upcoming - encrypting, age);
    }

    /// <summary>Raises <see cref="Failed"/>. What a handler throws is neither handled nor hidden here.</summary>
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
