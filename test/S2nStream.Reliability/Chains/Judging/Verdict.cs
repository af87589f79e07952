namespace S2nTls.Reliability.Chains.Judging;

/// <summary>What a judge says.</summary>
/// <param name="Accepts">Whether it takes the chain.</param>
/// <param name="Reason">Why not, in its own words; empty where it does.</param>
internal sealed record Verdict(bool Accepts, string Reason)
{
    internal static Verdict Accepted { get; } = new(true, string.Empty);

    public override string ToString() => Accepts ? "accepts" : $"refuses ({Reason})";
}
