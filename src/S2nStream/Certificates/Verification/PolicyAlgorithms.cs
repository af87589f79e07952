using System.Collections.Frozen;

namespace S2nTls.Certificates.Verification;

/// <summary>
/// A security policy's restrictions on peers' certificates: their signatures and keys. s2n applies them by itself but does not expose them, so
/// they are listed here for validation by .NET (s2n_security_policies.c; a test compares each with s2n).
/// </summary>
/// <param name="Signatures">The signatures allowed on certificates that are not self-issued.</param>
/// <param name="Keys">The keys allowed; null if any.</param>
internal sealed record PolicyAlgorithms(CertificateSignatures Signatures, CertificateKeys? Keys = null)
{
    private static readonly FrozenDictionary<string, PolicyAlgorithms> s_restricting = Restricting().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The policies that restrict certificates, by name.</summary>
    internal static IReadOnlyDictionary<string, PolicyAlgorithms> ByPolicy => s_restricting;

    /// <returns>Null if a policy restricts nothing.</returns>
    internal static PolicyAlgorithms? Of(S2nSecurityPolicy policy) => s_restricting.GetValueOrDefault(policy.Name);

    /// <summary>Finds what the policy does not allow in a certificate that a peer has sent.</summary>
    internal UnmetDemand? Next(ReadOnlySpan<byte> certificate) =>
        !CertificateFields.TryRead(certificate, out CertificateFields fields) ? new("S2N_ERR_CERT_INVALID", "a certificate that was sent cannot be decoded, or has a duplicate extension")
        : !fields.IsSelfIssued && (fields.Signature & Signatures) == 0 ? Not("signature", fields)
        : Keys is { } keys && (SignatureAlgorithm.KeyIn(fields.PublicKey) & keys) == 0 ? Not("key", fields)
        : null;

    private static UnmetDemand Not(string what, in CertificateFields fields) =>
        new("S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT", $"the security policy does not include the algorithm of the {what} of '{fields.SubjectText}'");

    private static IEnumerable<KeyValuePair<string, PolicyAlgorithms>> Restricting()
    {
        const CertificateKeys FirstSuite = CertificateKeys.P384 | CertificateKeys.Rsa3072 | CertificateKeys.Rsa4096;
        const CertificateSignatures OfFirstSuite = CertificateSignatures.EcdsaSha384 | CertificateSignatures.RsaSha384;
        return
        [
            .. Each(
                new(CertificateSignatures.Classical | CertificateSignatures.Sha224),
                "default_tls13", "default_fips", "20240417", "20240502", "20240503", "20240603", "20241001", "20241001_pq_mixed", "20250211", "20250414", "20251015"),
            .. Each(new(CertificateSignatures.Classical), "20230317", "20240331", "20251113", "20251114", "20251115", "20251116", "20251117"),
            .. Each(new(CertificateSignatures.Rsa | CertificateSignatures.Ecdsa | CertificateSignatures.EcdsaSha224), "20240416"),
            .. Each(new(CertificateSignatures.Taken | CertificateSignatures.Sha224), "default_pq", "20250512", "20250721"),
            .. Each(new(OfFirstSuite, FirstSuite), "rfc9151", "cnsa_1", "20250429", "20251013"),
            .. Each(new(CertificateSignatures.MLDsa87, CertificateKeys.MLDsa87), "cnsa_2", "20260219"),
            .. Each(
                new(OfFirstSuite | CertificateSignatures.MLDsa87),
                "cnsa_1_2_interop", "20260220", "20260720", "ELBSecurityPolicy-TLS13-1-3-CNSA2-INTEROP1-FIPS-PQ-2026-07",
                "ELBSecurityPolicy-TLS13-1-2-CNSA2-INTEROP2-FIPS-PQ-2026-07"),
            .. Each(new(CertificateSignatures.Classical | CertificateSignatures.Sha224 | CertificateSignatures.MLDsa87), "20260513"),
            .. Each(
                new(CertificateSignatures.Classical | CertificateSignatures.MLDsa87), "20260722", "ELBSecurityPolicy-TLS13-1-2-CNSA2-INTEROP3-FIPS-PQ-2026-07"),
        ];
    }

    private static IEnumerable<KeyValuePair<string, PolicyAlgorithms>> Each(PolicyAlgorithms algorithms, params string[] names) =>
        names.Select(name => KeyValuePair.Create(name, algorithms));
}
