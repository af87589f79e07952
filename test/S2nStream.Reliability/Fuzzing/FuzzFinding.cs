namespace S2nTls.Reliability.Fuzzing;

/// <summary>Something that must not happen, and did.</summary>
internal sealed class FuzzFinding(string what, Exception? inner = null) : Exception(what, inner);
