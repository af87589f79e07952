using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Something that can be done to a chain.</summary>
/// <param name="Weight">How often, against the others.</param>
/// <param name="Apply">Does it, and says what it has done.</param>
/// <param name="Certificates">How many certificates the path must have.</param>
internal sealed record Change(int Weight, Func<Random, ChainKeys, ChainDraft, string> Apply, int Certificates = 1);
