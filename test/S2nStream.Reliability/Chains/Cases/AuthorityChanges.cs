using System.Security.Cryptography.X509Certificates;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Basic constraints, path lengths, key usages and purposes, of authorities and of the peer's certificate.</summary>
internal static class AuthorityChanges
{
    private static readonly string[][] s_purposes =
    [
        [CertificateDraft.ServerAuthentication], [CertificateDraft.ClientAuthentication], [CertificateDraft.ServerAuthentication, CertificateDraft.ClientAuthentication],
        [CertificateDraft.AnyUsage], [CertificateDraft.CodeSigning], [CertificateDraft.CodeSigning, CertificateDraft.AnyUsage], [CertificateDraft.AnyUsage, CertificateDraft.ServerAuthentication], [],
        ["1.3.6.1.5.5.7.3.9"], ["2.16.840.1.113730.4.1"], ["1.3.6.1.4.1.311.10.3.3"], ["1.3.6.1.4.1.99999.3"],
    ];

    private static readonly X509KeyUsageFlags[] s_usages =
    [
        X509KeyUsageFlags.DigitalSignature, X509KeyUsageFlags.KeyEncipherment, X509KeyUsageFlags.KeyAgreement, X509KeyUsageFlags.KeyCertSign, X509KeyUsageFlags.CrlSign, X509KeyUsageFlags.None,
        X509KeyUsageFlags.DataEncipherment, X509KeyUsageFlags.NonRepudiation, X509KeyUsageFlags.DecipherOnly, X509KeyUsageFlags.EncipherOnly | X509KeyUsageFlags.KeyAgreement,
        X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign,
    ];

    internal static readonly Change[] All =
    [
        new(14, Basic, 2), new(20, PathLength, 2), new(6, SelfIssuedIntermediate, 3), new(8, Usage, 2), new(8, LeafUsage), new(8, Purposes, 2), new(8, LeafPurposes),
        new(4, LeafIsAuthority), new(3, Version), new(3, Serial), new(4, KeyIdentifiers), new(2, MalformedBasic), new(2, NetscapeType),
    ];

    private static CertificateDraft AnyAuthority(Random random, ChainDraft chain) =>
        random.Chance(30) || chain.Path.Count < 3 ? chain.Root : random.Pick<CertificateDraft>([.. chain.Intermediates]);

    private static string Basic(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft authority = AnyAuthority(random, chain);
        authority.Basic = random.Pick(null, new BasicConstraints(false), new BasicConstraints(false, IsCritical: false), new BasicConstraints(true, IsCritical: false), new BasicConstraints(false, 0), new BasicConstraints(true, 0, IsCritical: false));
        if (random.Chance(40))
        {
            authority.KeyUsage = random.Pick<X509KeyUsageFlags?>(null, X509KeyUsageFlags.DigitalSignature, X509KeyUsageFlags.KeyCertSign);
        }

        return $"{authority.Role}'s basic constraints are odd";
    }

    private static string PathLength(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft authority = AnyAuthority(random, chain);
        int count = chain.Path.Count - 2;
        authority.Basic = new BasicConstraints(true, random.Chance(10) ? random.Pick(100, int.MaxValue, -1) : random.Next(count + 1));
        return $"{authority.Role} has a path length";
    }

    /// <summary>A new key of the same authority, signed by its old one: it does not count for path lengths (§4.2.1.9).</summary>
    private static string SelfIssuedIntermediate(Random random, ChainKeys keys, ChainDraft chain)
    {
        int at = 1 + random.Next(chain.Path.Count - 2);
        CertificateDraft old = chain.Path[at], below = chain.Path[at - 1];
        CertificateDraft renewed = old.Copy($"{old.Role} renewed");
        renewed.Key = keys.Next();
        renewed.Issuer = old;
        below.Issuer = renewed;
        chain.Path.Insert(at, renewed);
        int sent = chain.Sent.IndexOf(old);
        chain.Sent.Insert(sent < 0 ? chain.Sent.Count : sent, renewed);
        if (random.Chance(60))
        {
            random.Pick<CertificateDraft>([.. chain.Path.Skip(at)]).Basic = new BasicConstraints(true, random.Next(2));
        }

        return "a self-issued intermediate";
    }

    private static string Usage(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft authority = AnyAuthority(random, chain);
        authority.KeyUsage = random.Chance(20) ? null : random.Pick(s_usages);
        authority.HasCriticalKeyUsage = random.Chance(70);
        return $"{authority.Role}'s key usage is odd";
    }

    private static string LeafUsage(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Leaf.KeyUsage = random.Chance(15) ? null : random.Pick(s_usages);
        chain.Leaf.HasCriticalKeyUsage = random.Chance(70);
        if (random.Chance(10))
        {
            chain.Leaf.Values[Extension.KeyUsage] = random.Pick<byte[]>([], [0x03, 0x01, 0x00], [0x03, 0x02, 0x00, 0x80], [0x04, 0x01, 0x80], [0x03, 0x02, 0x07, 0xFF]);
        }

        return "the leaf's key usage is odd";
    }

    private static string Purposes(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft authority = AnyAuthority(random, chain);
        authority.ExtendedKeyUsage = random.Pick(s_purposes);
        authority.HasCriticalExtendedKeyUsage = random.Chance(30);
        return $"{authority.Role}'s purposes are odd";
    }

    private static string LeafPurposes(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Leaf.ExtendedKeyUsage = random.Chance(10) ? null : random.Pick(s_purposes);
        chain.Leaf.HasCriticalExtendedKeyUsage = random.Chance(30);
        return "the leaf's purposes are odd";
    }

    private static string LeafIsAuthority(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Leaf.Basic = random.Pick(new BasicConstraints(true), new BasicConstraints(true, 0), new BasicConstraints(false), new BasicConstraints(false, 1), new BasicConstraints(true, IsCritical: false));
        chain.Leaf.KeyUsage = random.Pick<X509KeyUsageFlags?>(null, X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, X509KeyUsageFlags.DigitalSignature, X509KeyUsageFlags.KeyCertSign);
        return "the leaf's basic constraints are odd";
    }

    private static string Version(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>(chain.Path);
        certificate.Version = random.Pick(1, 1, 2, 4, 0);
        certificate.KeepsExtensionsInVersion1 = random.Chance(30);
        if (certificate == chain.Leaf && random.Chance(50))
        {
            certificate.Subject = DirectoryName.Common(chain.Host);
        }

        return $"{certificate.Role}'s version is {certificate.Version}";
    }

    private static string Serial(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>(chain.Path);
        certificate.Serial = random.Pick<byte[]>([0x00], [0x80, 0x01], [0xFF], [0x01], [.. Enumerable.Repeat((byte)0x7F, 21)], [.. Enumerable.Repeat((byte)0x11, 40)], [0x00, 0x01], []);
        return $"{certificate.Role}'s serial number is odd";
    }

    private static string KeyIdentifiers(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>(chain.Path);
        certificate.SubjectKeyIdentifier = random.Pick(Identifier.Right, Identifier.None, Identifier.Wrong);
        certificate.AuthorityKeyIdentifier = random.Pick(Identifier.Right, Identifier.None, Identifier.Wrong);
        return $"{certificate.Role}'s key identifiers are odd";
    }

    private static string MalformedBasic(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>(chain.Path);
        certificate.Basic ??= new BasicConstraints(false);
        certificate.Values[Extension.BasicConstraints] = random.Pick<byte[]>(
            [], [0x30, 0x03, 0x01, 0x01, 0x00], [0x30, 0x03, 0x01, 0x01, 0x01], [0x30, 0x04, 0x01, 0x02, 0xFF, 0xFF], [0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x80], [0x30, 0x03, 0x02, 0x01, 0x00], [0x31, 0x03, 0x01, 0x01, 0xFF], [0x30, 0x03, 0x01, 0x01, 0xFF, 0x00]);
        return $"{certificate.Role}'s basic constraints are malformed";
    }

    /// <summary>nsCertType, of the nineties, which some still heed.</summary>
    private static string NetscapeType(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>(chain.Path);
        certificate.Others.Add(new Extension(Extension.NetscapeType, random.Chance(20), random.Pick<byte[]>([0x03, 0x02, 0x06, 0x40], [0x03, 0x02, 0x07, 0x80], [0x03, 0x02, 0x02, 0x04], [0x03, 0x02, 0x05, 0x20])));
        return $"{certificate.Role} has a Netscape type";
    }
}
