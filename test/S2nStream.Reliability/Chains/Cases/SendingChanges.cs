using System.Security.Cryptography.X509Certificates;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>What is sent: too little, too much, in another order, in circles.</summary>
internal static class SendingChanges
{
    internal static readonly Change[] All =
    [
        new(6, Missing, 3), new(6, RootToo, 2), new(6, Shuffled, 3), new(4, Twice), new(5, Strangers), new(6, CrossSigned, 2), new(4, Circle, 2), new(3, Long, 2), new(4, ExpiredPath, 3), new(3, IssuerOfAnotherKey, 2), new(2, LeafAsIssuer, 2),
        new(3, SameNameOtherKey, 3),
    ];

    private static string Missing(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Sent.Remove(random.Pick<CertificateDraft>([.. chain.Intermediates]));
        return "an intermediate is not sent";
    }

    private static string RootToo(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Sent.Add(chain.Root);
        return "the root is sent too";
    }

    private static string Shuffled(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Sent.Reverse(1, chain.Sent.Count - 1);
        return "in another order";
    }

    private static string Twice(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Sent.Insert(1 + random.Next(chain.Sent.Count), random.Pick<CertificateDraft>(chain.Sent));
        return "one is sent twice";
    }

    private static string Strangers(Random random, ChainKeys keys, ChainDraft chain)
    {
        int count = random.Pick(1, 1, 2, 5);
        for (int i = 0; i < count; i++)
        {
            CertificateDraft stranger = random.Chance(70) ? GoodChain.Authority(keys, $"Stranger {i}", null) : GoodChain.Leaf(keys, chain.Root, "stranger.example");
            if (random.Chance(25))
            {
                stranger.Others.Add(new Extension(Extension.Unknown, true, [0x05, 0x00]));
            }

            chain.Sent.Insert(1 + random.Next(chain.Sent.Count), stranger);
        }

        return $"{count} strangers are sent too";
    }

    /// <summary>One authority, certified by two roots.</summary>
    private static string CrossSigned(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft other = GoodChain.Authority(keys, "Other Root", null);
        CertificateDraft crossed = (random.Chance(50) || chain.Path.Count < 3 ? chain.Root : chain.Path[^2]).Copy("cross");
        crossed.Issuer = other;
        chain.Sent.Insert(1 + random.Next(chain.Sent.Count), crossed);
        switch (random.Next(5))
        {
            case 0:
                chain.Anchors.Add(other);
                break;
            case 1:
                chain.Anchors.Clear();
                chain.Anchors.Add(other);
                break;
            case 2:
                chain.Sent.Add(other);
                break;
            case 3:
                chain.Anchors.Add(other);
                other.NotAfter = DateTimeOffset.UtcNow.AddDays(-1);
                break;
            default:
                crossed.NotAfter = DateTimeOffset.UtcNow.AddDays(-1);
                break;
        }

        return "cross-signed";
    }

    /// <summary>Two authorities that certify each other, with or without a way out.</summary>
    private static string Circle(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft a = GoodChain.Authority(keys, "Circle A", null);
        CertificateDraft b = GoodChain.Authority(keys, "Circle B", a);
        CertificateDraft aByB = a.Copy("Circle A by B");
        aByB.Issuer = b;
        chain.Path[^2].Issuer = a;
        chain.Sent.Insert(1, aByB);
        chain.Sent.Insert(1 + random.Next(2), b);
        if (random.Chance(50))
        {
            CertificateDraft wayOut = a.Copy("Circle A by the root");
            wayOut.Issuer = chain.Root;
            chain.Sent.Insert(1 + random.Next(chain.Sent.Count), wayOut);
            chain.Path.Insert(chain.Path.Count - 1, wayOut);
            return "a circle with a way out";
        }

        return "a circle";
    }

    private static string Long(Random random, ChainKeys keys, ChainDraft chain)
    {
        int more = random.Pick(2, 3, 4, 5, 6, 7, 12);
        CertificateDraft issuer = chain.Path[^2] == chain.Leaf ? chain.Root : chain.Path[1];
        for (int i = 0; i < more; i++)
        {
            issuer = GoodChain.Authority(keys, $"Lower {i}", issuer);
            chain.Path.Insert(1, issuer);
            chain.Sent.Insert(1, issuer);
        }

        chain.Leaf.Issuer = issuer;
        return $"{more} intermediates more";
    }

    /// <summary>An intermediate that is expired, and its successor.</summary>
    private static string ExpiredPath(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft old = chain.Path[1].Copy("old one");
        old.NotBefore = DateTimeOffset.UtcNow.AddDays(-90);
        old.NotAfter = DateTimeOffset.UtcNow.AddDays(-3);
        if (random.Chance(30))
        {
            (old.NotBefore, old.NotAfter) = (DateTimeOffset.UtcNow.AddDays(3), DateTimeOffset.UtcNow.AddDays(30));
        }

        chain.Sent.Insert(1 + random.Next(chain.Sent.Count), old);
        return "the intermediate's expired predecessor is sent too";
    }

    private static string IssuerOfAnotherKey(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>([.. chain.Path.SkipLast(1)]);
        certificate.SigningKeyInstead = keys.Next();
        return $"{certificate.Role} is signed by another key than its issuer's";
    }

    private static string LeafAsIssuer(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft pretender = GoodChain.Leaf(keys, chain.Leaf.Issuer, "other.example");
        pretender.Basic = random.Pick(null, new BasicConstraints(false));
        pretender.KeyUsage = random.Pick<X509KeyUsageFlags?>(null, pretender.KeyUsage, X509KeyUsageFlags.KeyCertSign);
        chain.Leaf.Issuer = pretender;
        chain.Path.Insert(1, pretender);
        chain.Sent.Insert(1, pretender);
        return "a leaf has issued the leaf";
    }

    private static string SameNameOtherKey(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft other = chain.Path[1].Copy("namesake");
        other.Key = keys.Next();
        if (random.Chance(50))
        {
            chain.Leaf.AuthorityKeyIdentifier = Identifier.None;
        }

        if (random.Chance(30))
        {
            other.SubjectKeyIdentifier = chain.Path[1].SubjectKeyIdentifier = Identifier.None;
        }

        chain.Sent.Insert(1 + random.Next(chain.Sent.Count), other);
        return "an intermediate of the same name with another key is sent too";
    }
}
