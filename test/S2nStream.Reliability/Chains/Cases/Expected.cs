namespace S2nTls.Reliability.Chains.Cases;

/// <summary>What a standard says of a chain.</summary>
internal enum Expected
{
    Accepted,
    Refused,

    /// <summary>It tells issuers what to do, and leaves verifiers free; the two ways must agree all the same.</summary>
    Either,
}
