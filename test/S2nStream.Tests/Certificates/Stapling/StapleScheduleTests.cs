using S2nTls.Certificates.Stapling;
using S2nTls.Sessions;

namespace S2nTls.Tests.Certificates;

public class StapleScheduleTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(7 * 24 * 60, 12 * 60)] // at most half a day, however long it is good
    [InlineData(10 * 60, 5 * 60)] // half of the time that is left
    [InlineData(1, 0.5)]
    public void A_response_is_renewed_after_half_of_its_time_or_a_little_before(double minutesGood, double minutesOfRest)
    {
        Assert.Equal(minutesOfRest, RestOf(minutesGood, random: 0).TotalMinutes, 0.001);
        Assert.Equal(minutesOfRest * 0.8, RestOf(minutesGood, random: 1).TotalMinutes, 0.001);
    }

    [Fact]
    public void One_that_is_almost_over_has_nobody_asked_without_a_rest() => Assert.Equal(10, RestOf(0.01, random: 0).TotalSeconds, 0.001);

    [Fact]
    public void After_failures_the_pauses_grow_to_half_an_hour_and_a_success_ends_that()
    {
        var clock = new ManualClock(s_start);
        var schedule = new StapleSchedule(clock, () => 1);
        TimeSpan[] pauses = [.. Enumerable.Range(0, 12).Select(_ => LengthOf(schedule.Pause()))];
        Assert.Equal([5, 10, 20, 40], pauses[..4].Select(pause => pause.TotalSeconds));
        Assert.Equal(30, pauses[^1].TotalMinutes);
        schedule.Rest(new OcspStaple(default, s_start, s_start.AddDays(1), false));
        Assert.Equal(5, LengthOf(schedule.Pause()).TotalSeconds);
        Assert.Equal(2.5, LengthOf(new StapleSchedule(clock, () => 0).Pause()).TotalSeconds);
    }

    private static TimeSpan RestOf(double minutesGood, double random) =>
        LengthOf(new StapleSchedule(new ManualClock(s_start), () => random).Rest(new OcspStaple(default, s_start, s_start.AddMinutes(minutesGood), false)));

    private static TimeSpan LengthOf(QuietTime quiet)
    {
        Assert.True(quiet.Includes(s_start));
        return TimeSpan.FromTicks(quiet.Until - quiet.From);
    }
}
