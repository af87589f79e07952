namespace S2nTls.Certificates.Verification;

/// <summary>Something that a peer's certificates must satisfy and do not.</summary>
/// <param name="Error">s2n's name for it, or for the closest error.</param>
/// <param name="Reason">In words that can follow "refused:".</param>
internal readonly record struct UnmetDemand(string Error, string Reason);
