namespace S2nTls.Reliability.Chains;

/// <summary>What is known of the differences between the verdicts on a chain.</summary>
/// <param name="Rows">The known differences that they are, by their rows in docs/certificates.md.</param>
/// <param name="Unexplained">What is not known, in words.</param>
internal sealed record Explanation(IReadOnlyList<string> Rows, IReadOnlyList<string> Unexplained);
