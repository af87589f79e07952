using S2nTls.Sessions;

namespace S2nTls.Certificates.Stapling;

/// <summary>When a responder is asked again about a certificate. For one caller at a time.</summary>
/// <param name="clock">The clock.</param>
/// <param name="random">Spreads the requests, so that the servers of a fleet do not ask at the same time: 0 to 1.</param>
internal sealed class StapleSchedule(TimeProvider clock, Func<double> random)
{
    private static readonly TimeSpan s_shortestRest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestRest = TimeSpan.FromHours(12);
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(30);

    private int _failures;

    /// <summary>At most half of the response's remaining validity: the other half allows for an outage of the responder.</summary>
    internal QuietTime Rest(OcspStaple staple)
    {
        _failures = 0;
        long now = clock.GetUtcNow().UtcTicks;
        long half = Math.Clamp((staple.Until.UtcTicks - now) / 2, s_shortestRest.Ticks, s_longestRest.Ticks);
        return new QuietTime(now, now + (long)(half * (1 - random() / 5)));
    }

    /// <summary>Doubles each time, up to a limit; then a random part of that, between half and all of it.</summary>
    internal QuietTime Pause()
    {
        double pause = Math.Min(s_longestPause.Ticks, s_firstPause.Ticks * Math.Pow(2, _failures++)) * (1 + random()) / 2;
        long now = clock.GetUtcNow().UtcTicks;
        return new QuietTime(now, now + (long)pause);
    }
}
