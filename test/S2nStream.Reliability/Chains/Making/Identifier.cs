namespace S2nTls.Reliability.Chains.Making;

/// <summary>Whether a key identifier is there, and right.</summary>
internal enum Identifier
{
    Right,
    None,
    Wrong,
}
