using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Anchors of every kind, and anchors that are none.</summary>
internal static class AnchorChanges
{
    internal static readonly Change[] All =
    [
        new(8, IntermediateInstead, 3), new(4, IntermediateBeside, 3), new(6, LeafInstead), new(3, LeafBeside), new(8, SelfSignedLeaf, 2), new(5, SelfIssuedOnly, 2), new(4, AnotherRoot, 2), new(3, UnrelatedRoot), new(4, SameNameOtherKey, 2),
        new(4, SameKeyOtherName, 2), new(4, OldAndNewRoot, 2), new(4, NameSpelledOtherwise), new(2, NoSelfSignature),
    ];

    private static string IntermediateInstead(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Anchors.Clear();
        chain.Anchors.Add(random.Pick<CertificateDraft>([.. chain.Intermediates]));
        return "an intermediate is trusted, and no root";
    }

    private static string IntermediateBeside(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Anchors.Add(random.Pick<CertificateDraft>([.. chain.Intermediates]));
        if (random.Chance(40))
        {
            chain.Sent.Remove(chain.Anchors[^1]);
        }

        return "an intermediate is trusted too";
    }

    private static string LeafInstead(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Anchors.Clear();
        chain.Anchors.Add(chain.Leaf);
        return "the leaf is trusted, and no root";
    }

    private static string LeafBeside(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Anchors.Add(chain.Leaf);
        return "the leaf is trusted too";
    }

    private static string SelfSignedLeaf(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft leaf = chain.Leaf;
        leaf.Issuer = null;
        chain.Sent.Clear();
        chain.Sent.Add(leaf);
        chain.Path.Clear();
        chain.Path.Add(leaf);
        leaf.Basic = random.Pick(null, new BasicConstraints(true), new BasicConstraints(false), new BasicConstraints(true, 0));
        if (random.Chance(50))
        {
            leaf.KeyUsage = random.Pick<X509KeyUsageFlags?>(null, X509KeyUsageFlags.KeyCertSign, X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign);
        }

        chain.Anchors.Clear();
        chain.Anchors.Add(random.Chance(80) ? leaf : GoodChain.Authority(keys, "Root", null));
        return "a self-signed leaf";
    }

    /// <summary>Its names are its own, but the signature is another key's.</summary>
    private static string SelfIssuedOnly(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft root = chain.Root;
        CertificateDraft renewed = root.Copy("Root, self-issued");
        renewed.Key = root.Key;
        renewed.SigningKeyInstead = keys.Next();
        renewed.SubjectKeyIdentifier = root.SubjectKeyIdentifier;
        renewed.AuthorityKeyIdentifier = random.Pick(Identifier.Right, Identifier.None);
        chain.Anchors.Clear();
        chain.Anchors.Add(renewed);
        if (random.Chance(20))
        {
            chain.Anchors.Add(root);
        }

        return "a trusted root that another key has signed";
    }

    private static string AnotherRoot(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Anchors.Clear();
        chain.Anchors.Add(GoodChain.Authority(keys, "Other Root", null));
        return "another root is trusted";
    }

    private static string UnrelatedRoot(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft other = GoodChain.Authority(keys, "Other Root", null);
        if (random.Chance(50))
        {
            other.Others.Add(new Extension(Extension.Unknown, true, [0x05, 0x00]));
        }

        if (random.Chance(30))
        {
            other.NotAfter = DateTimeOffset.UtcNow.AddDays(-3);
        }

        chain.Anchors.Insert(random.Next(2), other);
        return "another root is trusted too";
    }

    /// <summary>Two roots of one name, where the key tells which is meant.</summary>
    private static string SameNameOtherKey(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft other = chain.Root.Copy("Root's namesake");
        other.Key = keys.Next();
        other.Issuer = null;
        if (random.Chance(50))
        {
            other.SubjectKeyIdentifier = chain.Root.SubjectKeyIdentifier = random.Pick(Identifier.None, Identifier.Right);
            chain.Path[^2].AuthorityKeyIdentifier = random.Pick(Identifier.None, Identifier.Right, Identifier.Wrong);
        }

        chain.Anchors.Insert(random.Next(2), other);
        if (random.Chance(25))
        {
            chain.Anchors.Remove(chain.Root);
        }

        return "a root of the same name with another key is trusted";
    }

    private static string SameKeyOtherName(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft other = chain.Root.Copy("Root by another name");
        other.Issuer = null;
        other.Subject = DirectoryName.Common("Another name");
        chain.Anchors.Clear();
        chain.Anchors.Add(other);
        return "a root of another name with the same key is trusted";
    }

    private static string OldAndNewRoot(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft old = chain.Root.Copy("Root of old");
        old.Issuer = null;
        old.NotBefore = DateTimeOffset.UtcNow.AddDays(-900);
        old.NotAfter = DateTimeOffset.UtcNow.AddDays(-2);
        chain.Anchors.Insert(random.Next(2), old);
        if (random.Chance(40))
        {
            chain.Sent.Add(old);
        }

        if (random.Chance(30))
        {
            chain.Anchors.Remove(chain.Root);
        }

        return "the root's expired predecessor is trusted";
    }

    /// <summary>Names are compared without case, inner spaces and string types (RFC 5280 §7.1).</summary>
    private static string NameSpelledOtherwise(Random random, ChainKeys keys, ChainDraft chain)
    {
        CertificateDraft certificate = random.Pick<CertificateDraft>(chain.Path);
        DirectoryName issuer = certificate.IssuerName;
        certificate.IssuerNameInstead = random.Pick<Func<DirectoryName>>(
            () => issuer.With(attribute => attribute with { StringType = UniversalTagNumber.PrintableString }),
            () => issuer.With(attribute => attribute with { Value = attribute.Value.ToUpperInvariant() }),
            () => issuer.With(attribute => attribute with { Value = attribute.Value.Replace(" ", "  ", StringComparison.Ordinal) }),
            () => issuer.With(attribute => attribute with { Value = attribute.Value + " " }),
            () => issuer.With(attribute => attribute with { StringType = UniversalTagNumber.BMPString }),
            () => issuer.With(attribute => attribute with { StringType = UniversalTagNumber.TeletexString }),
            () => new DirectoryName([.. issuer.Relative.Reverse()]),
            () => new DirectoryName([[.. issuer.Attributes]]),
            () => DirectoryName.Empty)();
        return $"{certificate.Role} spells its issuer otherwise";
    }

    private static string NoSelfSignature(Random random, ChainKeys keys, ChainDraft chain)
    {
        chain.Root.HasSpoiltSignature = true;
        return "the root's signature is spoilt";
    }
}
