using S2nTls.Benchmarks.Measuring;

namespace S2nTls.Benchmarks.Reporting;

/// <summary>A whole comparison, as the results file holds it.</summary>
/// <param name="When">When it began.</param>
/// <param name="Machine">Where it ran.</param>
/// <param name="Plan">How long and how often was measured.</param>
/// <param name="Agreements">What the TLS contenders have negotiated: protocol, cipher suite, group.</param>
/// <param name="Rows">The figures.</param>
internal sealed record Results(
    DateTimeOffset When, Machine Machine, Plan Plan, IReadOnlyDictionary<string, string> Agreements, IReadOnlyList<RowResult> Rows)
{
    internal IEnumerable<RowResult> TableRows => Rows.Where(row => row.Row.InTable);
}
