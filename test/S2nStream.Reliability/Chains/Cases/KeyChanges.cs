using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Keys and signatures of every kind.</summary>
internal static class KeyChanges
{
    private static readonly KeyKind[] s_kinds =
    [
        KeyKind.P384, KeyKind.P521, KeyKind.Secp256k1, KeyKind.BrainpoolP256, KeyKind.Rsa1024, KeyKind.Rsa2048, KeyKind.Rsa2048, KeyKind.Rsa2048, KeyKind.Rsa3072, KeyKind.Rsa4096, KeyKind.RsaPss2048, KeyKind.Ed25519,
    ];

    private static readonly KeyKind[] s_leafKinds = [KeyKind.P384, KeyKind.P521, KeyKind.Rsa1024, KeyKind.Rsa2048, KeyKind.Rsa2048, KeyKind.Rsa3072, KeyKind.RsaPss2048];

    internal static readonly Change[] All = [new(10, AuthoritysKey, 2), new(6, LeafsKey), new(10, Hash), new(6, Spoilt), new(2, StatedOtherwise)];

    private static string AuthoritysKey(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft authority = random.Pick<CertificateDraft>([.. chain.Path.Skip(1)]);
        authority.Key = keys.Next(random.Pick(s_kinds));
        if (random.Chance(40))
        {
            CertificateDraft below = chain.Path[chain.Path.IndexOf(authority) - 1];
            below.Signature = random.Pick<SignatureKind>(SignatureAlgorithms.Of(below.SigningKey.Kind));
        }

        return $"{authority.Role}'s key is {authority.Key.Kind}";
    }

    private static string LeafsKey(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Leaf.Key = keys.Next(random.Pick(s_leafKinds));
        return $"the leaf's key is {chain.Leaf.Key.Kind}";
    }

    private static string Hash(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>(chain.Path);
        certificate.Signature = random.Pick<SignatureKind>(SignatureAlgorithms.Of(certificate.SigningKey.Kind));
        return $"{certificate.Role} is signed with {certificate.Signature}";
    }

    private static string Spoilt(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>(chain.Path);
        certificate.HasSpoiltSignature = true;
        return $"{certificate.Role}'s signature is spoilt";
    }

    /// <summary>The two places that name the algorithm must agree (RFC 5280 §4.1.1.2).</summary>
    private static string StatedOtherwise(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>(chain.Path);
        certificate.StatedSignature = random.Pick(SignatureKind.EcdsaSha384, SignatureKind.RsaSha256, SignatureKind.EcdsaSha1);
        return $"{certificate.Role} states {certificate.StatedSignature}";
    }
}
