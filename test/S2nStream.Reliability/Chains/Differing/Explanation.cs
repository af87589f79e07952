namespace S2nTls.Reliability.Chains.Differing;

/// <summary>What is known of the differences between the verdicts on a chain.</summary>
/// <param name="Known">The known differences that they are.</param>
/// <param name="Unexplained">What is not known, in words.</param>
internal sealed record Explanation(IReadOnlyList<Difference> Known, IReadOnlyList<string> Unexplained);
