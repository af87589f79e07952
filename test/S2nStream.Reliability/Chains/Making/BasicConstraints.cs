namespace S2nTls.Reliability.Chains.Making;

/// <summary>RFC 5280 §4.2.1.9.</summary>
internal sealed record BasicConstraints(bool IsAuthority, int? PathLength = null, bool IsCritical = true);
