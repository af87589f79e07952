namespace S2nTls.Certificates.Stapling;

/// <summary>A response that may be stapled: it is for the certificate, and signed by its responder. Immutable.</summary>
/// <param name="Response">DER.</param>
/// <param name="ThisUpdate">When its content was known to be correct.</param>
/// <param name="Until">When it expires.</param>
/// <param name="IsRevoked">Whether it says that the certificate is revoked.</param>
internal sealed record OcspStaple(ReadOnlyMemory<byte> Response, DateTimeOffset ThisUpdate, DateTimeOffset Until, bool IsRevoked)
{
    internal bool IsGoodAt(DateTimeOffset now) => now < Until;

    /// <summary>Whether this one should replace the other. An older one never replaces a newer one: someone on the path may have kept it.</summary>
    internal bool IsNewsAfter(OcspStaple? other, DateTimeOffset now) =>
        other is null || !other.IsGoodAt(now) || ThisUpdate > other.ThisUpdate || (ThisUpdate == other.ThisUpdate && IsRevoked && !other.IsRevoked);
}
