namespace S2nTls.Certificates.Stapling;

/// <summary>A response that may be stapled: it is about the certificate, and its responder has signed it. Immutable.</summary>
/// <param name="Response">DER.</param>
/// <param name="ThisUpdate">Since when what it says is known.</param>
/// <param name="Until">When it expires.</param>
/// <param name="IsRevoked">Whether it says that the certificate is revoked.</param>
internal sealed record OcspStaple(ReadOnlyMemory<byte> Response, DateTimeOffset ThisUpdate, DateTimeOffset Until, bool IsRevoked)
{
    internal bool IsGoodAt(DateTimeOffset now) => now < Until;

    /// <summary>Whether this has something to say beyond the other. An older one never takes a newer one's place: someone on the way may have kept it.</summary>
    internal bool IsNewsAfter(OcspStaple? other, DateTimeOffset now) =>
        other is null || !other.IsGoodAt(now) || ThisUpdate > other.ThisUpdate || (ThisUpdate == other.ThisUpdate && IsRevoked && !other.IsRevoked);
}
