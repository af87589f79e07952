namespace S2nTls.Reliability.Chains.Judging;

/// <summary>Nobody could show the chain: no judge has seen it.</summary>
internal sealed class ChainNotShownException(Exception cause) : Exception(cause.Message, cause);
