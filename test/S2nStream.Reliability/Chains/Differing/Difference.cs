using S2nTls.Reliability.Chains.Judging;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Differing;

/// <summary>A known difference between the verdict here, on both ways, and another judge's.</summary>
/// <param name="Row">The row of docs/certificates.md that says so, by its first cell.</param>
/// <param name="Judge">Whose verdict is another.</param>
/// <param name="OursAccepts">The verdict here.</param>
/// <param name="Case">A named case that shows it.</param>
/// <param name="Applies">Whether a chain, and what was said of it, is of this kind.</param>
internal sealed record Difference(string Row, Judge Judge, bool OursAccepts, string Case, Func<ChainDraft, Verdicts, bool> Applies);
