namespace S2nTls.Reliability.Chains.Judging;

/// <summary>The options by which .NET judges in s2n's place.</summary>
internal enum NetWay
{
    CallbackOverRoots,
    CallbackOverPolicy,

    /// <summary>A chain policy that says when the chain is to be valid: now.</summary>
    PolicyOfNow,
}
