namespace S2nTls.Benchmarks.Measuring;

/// <summary>How long and how often is measured.</summary>
/// <param name="IsQuick">Whether scenarios that take long are left out.</param>
/// <param name="Rounds">How often each contender is measured. Many short rounds beat few long ones: the contenders of a round then meet the same machine.</param>
/// <param name="Time">How long a contender works in a round.</param>
/// <param name="WarmUp">How long it works before the first round, so that its code is compiled as well as it will be.</param>
/// <param name="ProcessRounds">As <paramref name="Rounds"/>, where each round is a process of its own.</param>
internal sealed record Plan(bool IsQuick, int Rounds, TimeSpan Time, TimeSpan WarmUp, int ProcessRounds)
{
    internal static Plan Full { get; } = new(false, 25, TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(2), 3);

    internal static Plan Quick { get; } = new(true, 5, TimeSpan.FromSeconds(0.15), TimeSpan.FromSeconds(0.5), 1);
}
