using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Certificates that are expired or not valid yet (RFC 5280 §4.1.2.5).</summary>
internal static class DateChanges
{
    internal static readonly Change[] All = [new(10, Shift), new(2, Oddities)];

    private static string Shift(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>([.. chain.All]);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        (certificate.NotBefore, certificate.NotAfter) = random.Pick(
            (now.AddDays(-30), now.AddDays(-1)), (now.AddDays(1), now.AddDays(30)), (now.AddDays(-3000), now.AddDays(-2000)), (now.AddDays(-30), now.AddMinutes(-1)), (now.AddMinutes(5), now.AddDays(2)), (now.AddDays(10), now.AddDays(-10)));
        return $"{certificate.Role} is out of its time";
    }

    private static string Oddities(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>([.. chain.All]);
        switch (random.Next(4))
        {
            case 0:
                certificate.WritesGeneralizedTime = true;
                break;
            case 1:
                certificate.NotAfter = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);
                break;
            case 2:
                certificate.NotBefore = new DateTimeOffset(1950, 1, 1, 0, 0, 0, TimeSpan.Zero);
                break;
            default:
                certificate.NotBefore = new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
                break;
        }

        return $"{certificate.Role}'s dates are odd";
    }
}
