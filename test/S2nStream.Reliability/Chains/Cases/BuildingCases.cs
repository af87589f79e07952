using System.Security.Cryptography.X509Certificates;
using S2nTls.Reliability.Chains.Making;
using static S2nTls.Reliability.Chains.Cases.Expected;

namespace S2nTls.Reliability.Chains.Cases;

/// <summary>Paths that must be found among what is sent (RFC 4158; BetterTLS has the graphs).</summary>
internal static class BuildingCases
{
    private const string AnyPath = "RFC 5280 §6.1, RFC 4158 §2: a chain is good if there is a good path";

    /// <summary>In which ways an edge of a graph can be bad.</summary>
    private static readonly (string Name, Action<CertificateDraft> Spoil)[] s_faults =
    [
        ("expired", certificate => certificate.NotAfter = DateTimeOffset.UtcNow.AddDays(-1)),
        ("constrained to other names", certificate => certificate.Constraints = new([GeneralName.Dns("other.example")], [])),
        ("for signing code", certificate => certificate.ExtendedKeyUsage = [CertificateDraft.CodeSigning]),
        ("without basic constraints", certificate => certificate.Basic = null),
        ("not an authority", certificate => certificate.Basic = new(false)),
        ("signed with SHA-1", certificate => certificate.Signature = SignatureKind.EcdsaSha1),
        ("with a spoilt signature", certificate => certificate.HasSpoiltSignature = true),
        ("with an unknown critical extension", certificate => certificate.Others.Add(new Extension(Extension.Unknown, true, [0x05, 0x00]))),
    ];

    internal static readonly NamedCase[] All =
    [
        new("building: no intermediate", AnyPath, Accepted, 0, (_, _) => { }),
        new("building: three intermediates", AnyPath, Accepted, 3, (_, _) => { }),
        new("building: three intermediates in reverse order", "RFC 8446 §4.4.2: implementations should be prepared for any order", Accepted, 3, (chain, _) => chain.Sent.Reverse(1, 3)),
        new("building: a missing intermediate", AnyPath, Refused, 2, (chain, _) => chain.Sent.RemoveAt(1)),
        new("building: an intermediate twice", "RFC 8446 §4.4.2: extraneous certificates may come", Accepted, 1, (chain, _) => chain.Sent.Add(chain.Path[1])),
        new("building: the leaf twice", "RFC 8446 §4.4.2: extraneous certificates may come", Accepted, 1, (chain, _) => chain.Sent.Insert(1, chain.Leaf)),
        new("building: a stranger between", "RFC 8446 §4.4.2: extraneous certificates may come", Accepted, 1, (chain, keys) => chain.Sent.Insert(1, GoodChain.Authority(keys, "Stranger", null))),
        new("building: a stranger with an unknown critical extension between", "RFC 5280 §6.1: only the path's certificates count", Accepted, 1, (chain, keys) =>
        {
            CertificateDraft stranger = GoodChain.Authority(keys, "Stranger", null);
            stranger.Others.Add(new Extension(Extension.Unknown, true, [0x05, 0x00]));
            chain.Sent.Insert(1, stranger);
        }),
        new("building: two authorities that certify each other, and no way out", AnyPath, Refused, 0, (chain, keys) => Circle(chain, keys, wayOut: false)),
        new("building: two authorities that certify each other, and a way out", AnyPath, Accepted, 0, (chain, keys) => Circle(chain, keys, wayOut: true)),
        new("building: one authority with two keys that certify each other", AnyPath, Refused, 0, (chain, keys) =>
        {
            Circle(chain, keys, wayOut: false);
            chain.Sent.Skip(1).ToList().ForEach(certificate => certificate.Subject = DirectoryName.Common("Circle"));
        }),
        .. s_faults.Select(fault => new NamedCase($"building: the only intermediate {fault.Name}", AnyPath, Refused, 1, (chain, _) => fault.Spoil(chain.Path[1]))),
        .. TwoRoots("neither bad", null, firstTrusted: true, Accepted), .. TwoRoots("neither bad, the other trusted", null, firstTrusted: false, Accepted),
        .. s_faults.SelectMany(fault => TwoRoots($"the trusted one's certificate {fault.Name}", fault.Spoil, firstTrusted: true, Refused)),
        .. s_faults.SelectMany(fault => TwoRoots($"the other's certificate {fault.Name}", fault.Spoil, firstTrusted: false, Either)),
        .. s_faults.Select(fault => Alternative($"a second certificate of the intermediate, the first {fault.Name}", fault.Spoil, spoiltFirst: true)),
        .. s_faults.Select(fault => Alternative($"a second certificate of the intermediate {fault.Name}", fault.Spoil, spoiltFirst: false)),
        new("building: the root's key certified by an expired older root", "RFC 4158 §2.4: a shorter path to the trusted root is there", Accepted, 1, (chain, keys) =>
        {
            CertificateDraft older = GoodChain.Authority(keys, "Older Root", null);
            older.NotAfter = DateTimeOffset.UtcNow.AddDays(-3);
            CertificateDraft cross = chain.Root.Copy("cross");
            (cross.Issuer, cross.NotAfter) = (older, older.NotAfter);
            chain.Sent.Add(cross);
            chain.Anchors.Add(older);
        }),
        new("building: the root's key certified by an older root that is not trusted", "RFC 4158 §2.4: a shorter path to the trusted root is there", Accepted, 1, (chain, keys) =>
        {
            CertificateDraft cross = chain.Root.Copy("cross");
            cross.Issuer = GoodChain.Authority(keys, "Older Root", null);
            chain.Sent.Add(cross);
        }),
        new("building: two roots, one of the certificates with constraints that cannot be decoded", AnyPath, Accepted, 2, (chain, keys) =>
        {
            CertificateDraft other = GoodChain.Authority(keys, "Other Root", null);
            CertificateDraft cross = chain.Path[2].Copy("cross");
            cross.Issuer = other;
            chain.Sent.Add(cross);
            chain.Sent.Reverse(1, 2);
            CertificateDraft old = chain.Path[1].Copy("old one");
            old.NotAfter = DateTimeOffset.UtcNow.AddDays(-2);
            chain.Sent.Add(old);
            chain.Path[2].Constraints = new([GeneralName.Dns("example.com")], []);
            chain.Path[2].Values[Extension.NameConstraints] = [0x30, 0x04, 0xA2, 0x02, 0x30, 0x00];
            chain.Anchors.Clear();
            chain.Anchors.Add(other);
        }),
        new("building: a circle with a way out, part of which is expired", AnyPath, Accepted, 1, (chain, keys) =>
        {
            Circle(chain, keys, wayOut: true);
            chain.Sent.Find(certificate => certificate.Role == "Circle B")!.NotAfter = DateTimeOffset.UtcNow.AddDays(-1);
        }),
        new("building: a certificate of 70 KB", "RFC 8446 §4.4.2 has room for 16 MiB, and obliges nobody to take them", Either, 1, (chain, _) => chain.Leaf.Others.Add(new Extension(Extension.Unknown, false, new byte[70_000]))),
        new("building: a hundred strangers of the issuer's name", AnyPath, Either, 1, (chain, keys) =>
        {
            for (int i = 0; i < 100; i++)
            {
                CertificateDraft namesake = chain.Path[1].Copy("namesake");
                namesake.Key = keys.Next();
                chain.Sent.Add(namesake);
            }
        }),
    ];

    private static void Circle(ChainDraft chain, ChainKeys keys, bool wayOut)
    {
        CertificateDraft a = GoodChain.Authority(keys, "Circle A", null);
        CertificateDraft b = GoodChain.Authority(keys, "Circle B", a);
        CertificateDraft aByB = a.Copy("Circle A by B");
        aByB.Issuer = b;
        chain.Leaf.Issuer = a;
        chain.Sent.AddRange([aByB, b]);
        if (wayOut)
        {
            CertificateDraft byRoot = a.Copy("Circle A by the root");
            byRoot.Issuer = chain.Root;
            chain.Sent.Add(byRoot);
        }
    }

    /// <summary>One authority that two roots have certified; one of them is trusted, and one of the certificates may be bad.</summary>
    private static IEnumerable<NamedCase> TwoRoots(string name, Action<CertificateDraft>? spoil, bool firstTrusted, Expected expected)
    {
        foreach (bool spoiltFirst in new[] { true, false })
        {
            yield return new NamedCase($"building: two roots, {name}, sent {(spoiltFirst ? "first" : "last")}", AnyPath, expected == Either ? Accepted : expected, 1, (chain, keys) =>
            {
                CertificateDraft other = GoodChain.Authority(keys, "Other Root", null);
                CertificateDraft cross = chain.Path[1].Copy("cross");
                cross.Issuer = other;
                chain.Sent.Insert(spoiltFirst ? 2 : 1, cross);
                spoil?.Invoke(chain.Path[1]);
                if (!firstTrusted)
                {
                    chain.Anchors.Clear();
                    chain.Anchors.Add(other);
                }
            });
        }
    }

    /// <summary>Two certificates of one intermediate by one root: one bad, one good.</summary>
    private static NamedCase Alternative(string name, Action<CertificateDraft> spoil, bool spoiltFirst) =>
        new($"building: {name}", AnyPath, Accepted, 1, (chain, _) =>
        {
            CertificateDraft second = chain.Path[1].Copy("second");
            second.NotBefore = second.NotBefore.AddDays(1);
            chain.Sent.Add(second);
            spoil(spoiltFirst ? chain.Path[1] : second);
        });
}
