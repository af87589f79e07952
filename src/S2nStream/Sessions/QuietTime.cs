namespace S2nTls.Sessions;

/// <summary>The wall clock's moments, in ticks, between which there is nothing to do: outside of them, the clock has been set back, say, there is.</summary>
internal sealed record QuietTime(long From, long Until)
{
    internal static QuietTime Always { get; } = new(long.MinValue, long.MaxValue);

    internal bool Includes(DateTimeOffset now) => now.UtcTicks >= From && now.UtcTicks < Until;
}
