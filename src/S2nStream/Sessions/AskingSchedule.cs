namespace S2nTls.Sessions;

/// <summary>When a ring's provider is asked again. Not thread-safe: <see cref="TicketKeyRotation"/>'s lock guards it.</summary>
internal sealed class AskingSchedule(S2nTicketKeyRing ring, TimeProvider clock, Func<double> random)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(5);

    /// <summary>How often in a row the current period's keys were not available.</summary>
    private int _fruitless;

    /// <summary>
    /// Until the period is over, and a little longer: the next period's key is here already, and a fleet's servers should not all ask in the same
    /// second.
    /// </summary>
    internal QuietTime Rest(long period)
    {
        _fruitless = 0;
        long start = DateTimeOffset.UnixEpoch.UtcTicks + (period * ring.Rotation.Ticks);
        return new QuietTime(start, start + ring.Rotation.Ticks + (long)(random() * ring.Rotation.Ticks / 10));
    }

    /// <summary>Twice as long each time, up to a limit; then a random part between half and all of it, so that a fleet does not ask in step.</summary>
    internal QuietTime Pause()
    {
        double longest = Math.Min(s_longestPause.Ticks, ring.Rotation.Ticks / 2);
        double pause = Math.Min(longest, s_firstPause.Ticks * Math.Pow(2, _fruitless++)) * (1 + random()) / 2;
        long now = clock.GetUtcNow().UtcTicks;
        return new QuietTime(now, now + (long)pause);
    }

    internal void Forget() => _fruitless = 0;
}
