namespace S2nTls.Sessions;

/// <summary>
/// The span of wall-clock time, in ticks, in which there is nothing to do. Outside of it there is, even before it: the clock may have been set
/// back.
/// </summary>
internal sealed record QuietTime(long From, long Until)
{
    internal static QuietTime Always { get; } = new(long.MinValue, long.MaxValue);

    internal bool Includes(DateTimeOffset now) => now.UtcTicks >= From && now.UtcTicks < Until;
}
